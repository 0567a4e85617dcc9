using System.Diagnostics;
using System.Text.Json.Nodes;
using Cleiss.Documents.Hosting;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Rendering;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.Persistence.People;
using Cleiss.Scripting.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cleiss.Documents.Tests;

/// <summary>Templates, numbering and real printing on a database of their own; answers are whatever the test puts into <see cref="Answers"/>.</summary>
public sealed class Press : IAsyncLifetime
{
    public static readonly Actor Owner = new("proprietaire", "Hélène Rousseau", new HashSet<string>());

    private ServiceProvider _services = null!;

    public TestDatabase Database { get; private set; } = null!;

    public ManualTimeProvider Time { get; } = new();

    public GivenAnswers Answers { get; } = new();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task InitializeAsync()
    {
        Database = await PostgresServer.CreateDatabaseAsync();
        var settings = new Dictionary<string, string?> { ["PublicUrl"] = "https://cleiss.example", ["Scripting:TypstMilliseconds"] = "120000" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(Time).AddSingleton<IAnswerSource>(Answers);
        services.AddPersistence(Database.ConnectionString);
        services.AddWorkflowStores();
        services.AddScripting(configuration);
        services.AddDocuments(configuration);
        _services = services.BuildServiceProvider();
        await Get<IEnumerable<Persistence.Startup.IStartupTask>>().OfType<TemplateSeed>().Single().RunAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await Database.DisposeAsync();
    }

    public Task WriteAsync(params object[] companions) => Get<WorkflowRuntime>().WriteAsync(companions, CancellationToken.None);

    public async Task<Document> IssueAsync(IssueDocument issue)
    {
        await WriteAsync(issue);
        return (await Get<DocumentStore>().FindAsync(issue.DocumentId, CancellationToken.None))!;
    }

    public async Task<TemplateVersion> PublishAsync(string code, params (string Name, string Text)[] files)
    {
        var (draft, _) = await Get<TemplateStore>().SaveDraftAsync(code, files.ToDictionary(file => file.Name, file => file.Text), null, Owner, CancellationToken.None);
        return (await Get<TemplateStore>().PublishAsync(draft!, Owner, CancellationToken.None)).Published!;
    }

    /// <summary>Prints a template over its own sample, changed by the test.</summary>
    public async Task<PrintedFile> PrintSampleAsync(string code, Action<JsonObject>? change = null)
    {
        var template = await Get<TemplateStore>().ReadAsync(code, null, CancellationToken.None);
        var data = JsonNode.Parse(template.Files[TemplateVersion.Sample])!.AsObject();
        change?.Invoke(data);
        return new PrintedFile((await Get<DocumentRenderer>().PreviewAsync(template, data, Time.GetUtcNow(), CancellationToken.None)).Pdf);
    }

    public static IssueDocument Issue(string template) => new(
        Guid.NewGuid().ToString("N"), "MD", false, null, "Attestation", template, null, null, false, "reponse", "ro", VerificationCodes.New(), "agent1");

    public sealed class GivenAnswers : IAnswerSource
    {
        public JsonObject Answer { get; set; } = [];

        public Task<JsonObject?> FindAsync(string answerId, string language, CancellationToken cancellationToken) =>
            Task.FromResult<JsonObject?>(Answer.DeepClone().AsObject());

        public Task<JsonObject?> FindCaseAsync(string caseId, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);

        public Task<JsonObject?> FindQuotableAsync(string answerId, CancellationToken cancellationToken) => Task.FromResult<JsonObject?>(null);

        public Task<string?> FindTextAsync(string caseId, string field, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}

[CollectionDefinition(nameof(Press))]
public sealed class PressCollection : ICollectionFixture<Press>;

/// <summary>A PDF looked at with poppler's and qpdf's tools.</summary>
public sealed class PrintedFile(byte[] content)
{
    public byte[] Content => content;

    public Task<string> InfoAsync() => RunAsync("pdfinfo", "{0}");

    public Task<string> FontsAsync() => RunAsync("pdffonts", "{0}");

    public Task<string> StructureAsync() => RunAsync("qpdf", "--json=2 --json-key=qpdf {0}");

    /// <summary>Every object as text, content streams unpacked.</summary>
    public Task<string> ObjectsAsync() => RunAsync("qpdf", "--qdf --object-streams=disable {0} -");

    public async Task<string> TextAsync() => (await RunAsync("pdftotext", "{0} -")).ReplaceLineEndings("\n");

    /// <summary>The first page as a grey picture, one byte a pixel, without a header that names the tool.</summary>
    public async Task<GreyPicture> DrawAsync(int resolution)
    {
        var folder = Directory.CreateTempSubdirectory("cleiss-page-").FullName;
        try
        {
            await RunAsync("pdftoppm", $"-gray -r {resolution} -singlefile {{0}} {folder}/page");
            return GreyPicture.Read(await File.ReadAllBytesAsync(Path.Combine(folder, "page.pgm")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> RunAsync(string tool, string arguments)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, content);
            using var process = Process.Start(new ProcessStartInfo(tool, string.Format(System.Globalization.CultureInfo.InvariantCulture, arguments, file))
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = System.Text.Encoding.UTF8,
            })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{tool}: {await errors}");
        }
        finally
        {
            File.Delete(file);
        }
    }
}

/// <param name="Pixels">0 is black, 255 white; line by line.</param>
public sealed record GreyPicture(int Width, int Height, byte[] Pixels)
{
    public int Ink => Pixels.Count(pixel => pixel < 128);

    /// <summary>The bounding box of everything dark, cut out.</summary>
    public GreyPicture Cut()
    {
        var dark = Enumerable.Range(0, Pixels.Length).Where(i => Pixels[i] < 128).ToList();
        var (left, right) = (dark.Min(i => i % Width), dark.Max(i => i % Width));
        var (top, bottom) = (dark.Min(i => i / Width), dark.Max(i => i / Width));
        var width = right - left + 1;
        return new GreyPicture(width, bottom - top + 1, [.. Enumerable.Range(top, bottom - top + 1).SelectMany(y => Pixels.Skip((y * Width) + left).Take(width))]);
    }

    public static GreyPicture Read(byte[] file)
    {
        var (words, at) = (new List<string>(), 0);
        while (words.Count < 4)
        {
            var end = Array.FindIndex(file, at, value => char.IsWhiteSpace((char)value));
            words.Add(System.Text.Encoding.ASCII.GetString(file, at, end - at));
            at = end + 1;
        }

        int Number(int word) => int.Parse(words[word], System.Globalization.CultureInfo.InvariantCulture);
        return new GreyPicture(Number(1), Number(2), file[at..]);
    }
}
