using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Persistence.Startup;

namespace Cleiss.Forms.Catalogue;

/// <summary>A form as a release brings it.</summary>
public sealed record ShippedForm(string Key, JsonObject Schema, JsonObject? Sample)
{
    /// <summary>Of the form's meaning: a change of white space is no new version.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Schema.ToJsonString() + "\n" + Sample?.ToJsonString())));
}

/// <summary>Forms that come with the product; each business process brings its own.</summary>
public interface IShippedForms
{
    IReadOnlyList<ShippedForm> List();
}

/// <summary>The resources <c>Forms/&lt;key&gt;.form.json</c> and <c>Forms/&lt;key&gt;.sample.json</c> of an assembly.</summary>
public sealed class EmbeddedShippedForms(Assembly assembly) : IShippedForms
{
    private const string Prefix = "Forms/";
    private const string Suffix = ".form.json";

    public Assembly Assembly { get; } = assembly;

    public IReadOnlyList<ShippedForm> List() =>
        [.. Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Select(key => new ShippedForm(
                key, Read(Prefix + key + Suffix) ?? throw new InvalidDataException($"The form {key} is not a JSON object."), Read($"{Prefix}{key}.sample.json")))];

    private JsonObject? Read(string name)
    {
        using var stream = Assembly.GetManifestResourceStream(name);
        return stream is null ? null : JsonNode.Parse(stream) as JsonObject;
    }
}

/// <summary>Brings shipped forms into the database, which is the truth from then on.</summary>
public sealed class FormSeed(IEnumerable<IShippedForms> sources, FormStore forms, SampleFiles files) : IStartupTask
{
    public int Order => 300;

    public string Title => "Formulaires";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var form in sources.SelectMany(source => source.List()))
        {
            await forms.SeedAsync(form, cancellationToken);
            await files.StoreAsync(form, cancellationToken);
        }
    }
}
