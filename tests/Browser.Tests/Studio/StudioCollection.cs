using System.Runtime.CompilerServices;
using Cleiss.TestKit.Product;
using Xunit;

namespace Cleiss.Browser.Tests.Studio;

/// <summary>All stories in Studio happen in one product, one after the other; each works on definitions of its own.</summary>
[CollectionDefinition(Name)]
public sealed class StudioCollection : ICollectionFixture<StudioProduct>
{
    public const string Name = "studio";
}

/// <summary>
/// A product below a path of its public address, as a proxy shows it, which is where pages are lost most easily; at the root with
/// <c>CLEISS_LONG=1</c>. Its owner keeps Studio open from one story to the next, as people do: it starts once.
/// </summary>
public sealed class StudioProduct : Product
{
    private Concepteur? _owner;
    private bool _left;

    public StudioProduct()
        : base(new ProductHost(connectionString: null, path: Environment.GetEnvironmentVariable("CLEISS_LONG") == "1" ? "" : "/outils/liaison"))
    {
    }

    /// <summary>Begins at the list of definitions. When the story goes wrong, a picture shows what the owner saw.</summary>
    internal async Task AsOwnerAsync(Func<Concepteur, Task> story, [CallerMemberName] string name = "")
    {
        var start = _left;
        _left = true;
        if (_owner is null)
        {
            var visitor = await OpenAsync();
            await visitor.SignInAsync("proprietaire");
            _owner = new Concepteur(visitor);
            start = true;
        }

        if (start)
        {
            _owner.Forget();
            await _owner.StartAsync();
        }
        else
        {
            await _owner.BeginAtListAsync();
        }

        await _owner.TellAsync(name, () => story(_owner));
        _left = false;
    }

    public override async Task DisposeAsync()
    {
        if (_owner is not null)
        {
            await _owner.Visitor.DisposeAsync();
        }

        await base.DisposeAsync();
    }
}
