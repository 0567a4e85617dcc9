using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Activities.UserTasks;
using Cleiss.Persistence.Files;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Verification;
using Cleiss.Workflows.Traductions.Market;
using Xunit;

namespace Cleiss.Workflows.Tests.Traductions;

/// <summary>The people of a translation request, in the words of the process.</summary>
public sealed class LanguageService : IAsyncLifetime
{
    public Agency Agency { get; } = new();

    public Actor Manager { get; private set; } = null!;

    public Actor Translator { get; private set; } = null!;

    public Actor Reviser { get; private set; } = null!;

    public PartnerLinkService Links => Agency.Get<PartnerLinkService>();

    public async Task InitializeAsync()
    {
        await Agency.InitializeAsync();
        var people = Agency.Get<PeopleStore>();
        Manager = (await people.FindActorAsync("traduction", CancellationToken.None))!;
        Translator = (await people.FindActorAsync("traducteur", CancellationToken.None))!;
        Reviser = (await people.FindActorAsync("reviseur", CancellationToken.None))!;
    }

    public Task DisposeAsync() => Agency.DisposeAsync();

    /// <summary>A document of its own, unless its first word says otherwise.</summary>
    public static byte[] TextOf(int words, string? first = null) =>
        Encoding.UTF8.GetBytes(string.Join(' ', Enumerable.Range(0, words).Select(n => n == 0 ? first ?? Guid.NewGuid().ToString("N") : "mot")));

    public static byte[] Zip(string entry, string xml, string? mimetype = null)
    {
        var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in new[] { ("mimetype", mimetype), ("[Content_Types].xml", mimetype is null ? "<Types/>" : null), (entry, xml) })
            {
                if (content is not null)
                {
                    using var writer = new StreamWriter(zip.CreateEntry(name).Open());
                    writer.Write(content);
                }
            }
        }

        return memory.ToArray();
    }

    public async Task<JsonObject> UploadAsync(byte[] content, string name = "document.txt")
    {
        var file = await Agency.Get<FileStore>().SaveAsync(name, MediaSniffer.Sniff(content)!, content, "traduction", CancellationToken.None);
        return new JsonObject { ["id"] = file.Id, ["name"] = file.Name };
    }

    /// <summary>A request into French unless said otherwise.</summary>
    public async Task<string> RequestAsync(
        string language, byte[] document, string kind = "traduction", string direction = "version", DateOnly? receivedOn = null, bool test = false)
    {
        var input = new JsonObject
        {
            ["organisme"] = "CPAM de l'Exemple",
            ["courriel"] = "cpam@exemple.fr",
            ["nature"] = kind,
            ["sens"] = direction,
            ["langue"] = language,
            ["typeDocument"] = "etat-civil",
            ["document"] = await UploadAsync(document),
            ["donneesPersonnelles"] = "oui",
        };
        if (kind == "certification")
        {
            input["traductionPresentee"] = await UploadAsync(TextOf(5, "traduit"));
        }

        while (true)
        {
            try
            {
                return (await Agency.Cases.OpenAsync(new OpenCase("traduction", input, receivedOn, test), Manager, CancellationToken.None)).CaseId;
            }
            catch (CaseRefusedException busy) when (busy.Status == 503)
            {
                // What the refusal asks for: try again in a moment.
            }
        }
    }

    public async Task DoAsync(string caseId, string step, Actor actor, string action, JsonObject? data = null, string? reason = null)
    {
        var task = await Agency.OpenTaskAsync(caseId, step);
        await Agency.Tasks.CompleteAsync(new CompleteUserTask(task.Id, action, data, reason), actor, CancellationToken.None);
    }

    public async Task<JsonObject> TranslationAsync() => new() { ["traduction"] = await UploadAsync(TextOf(12), "traduction.txt") };

    public Task<string> TokenAsync(string caseId, string template, int number = 1) => Agency.PartnerTokenAsync(caseId, template, number);

    public async Task AnswerAsync(string token, string action, JsonObject? data = null, string? reason = null) =>
        await Links.AnswerAsync(token, action, data, reason, "192.0.2.1", CancellationToken.None);

    public async Task DeliverAsync(string caseId, int number = 1)
    {
        var token = await TokenAsync(caseId, "traduction/livraison-attendue", number);
        var content = TextOf(12);
        var file = await Links.KeepFileAsync(token, "traduction.txt", new MemoryStream(content), content.Length, "192.0.2.1", CancellationToken.None);
        await AnswerAsync(token, "Livrer", new JsonObject { ["traduction"] = new JsonObject { ["id"] = file.Id, ["name"] = file.Name } });
    }

    public async Task<Case> ClosedAsync(string caseId)
    {
        Case? row = null;
        await Agency.UntilAsync("the case is closed", async () => (row = await Agency.Cases.FindAsync(caseId, CancellationToken.None))!.State == CaseState.Closed);
        return row!;
    }

    public static int LotOf(string language) => ModelledMarket.Lots.First(lot => lot.Direction == "version" && lot.Languages.Contains(language)).Number;

    /// <summary>Words of the case's orders that count against a ceiling.</summary>
    public Task<long> HeldAsync(string caseId) => Agency.CountAsync(
        $"select coalesce(sum(words), 0) from translation_orders where case_id = '{caseId}' and state in ('proposed', 'accepted', 'delivered') and not test");

    /// <summary>What an operator's check says of translations.</summary>
    public async Task VerifyAsync()
    {
        foreach (var invariant in Agency.Get<IEnumerable<IInvariantSource>>().SelectMany(source => source.Invariants).Where(invariant => invariant.Code.StartsWith("translation-", StringComparison.Ordinal)))
        {
            Assert.True(await Agency.CountAsync($"select count(*) from ({invariant.Sql}) broken") == 0, invariant.Rule);
        }
    }
}
