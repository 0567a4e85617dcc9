using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Builtins.Waiting;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Execution;
using Cleiss.Engine.Storage;
using Cleiss.Host.ElsaApi.Files;

namespace Cleiss.Host.ElsaApi.Instances;

/// <summary>An instance as it came in a file, ready to be written.</summary>
internal sealed record ImportedInstance(InstanceRecord Record, IReadOnlyList<Bookmark> Bookmarks, IReadOnlyList<JournalPage> Journal);

/// <summary>
/// Reads instances from files. One that has ended comes back as it was. One that waits goes on here when all it waits for lies in the file
/// itself: an event, a task report, a time. What waits for a person's task, a mail or a child cannot be taken along, and says so.
/// </summary>
internal sealed class InstanceImport(IDefinitionStore definitions, InstanceInspector inspector)
{
    private static readonly HashSet<string> Portable = new(StringComparer.Ordinal)
    {
        Event.BookmarkName, RunTask.BookmarkName, "Elsa.Timer", "Elsa.Cron", "Elsa.StartAt", "Elsa.Delay", "Elsa.ReadLine",
    };

    /// <returns>The instance, or what stands against it.</returns>
    public async Task<(ImportedInstance? Instance, string? Fault)> ReadAsync(JsonFile file, CancellationToken cancellationToken)
    {
        if (file.Content["WorkflowState"] is not JsonObject state)
        {
            return (null, "ce n'est pas une instance : il y manque « WorkflowState ».");
        }

        try
        {
            return await ReadAsync(file.Content, state, cancellationToken);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or JsonException or OverflowException or NullReferenceException)
        {
            return (null, "son contenu n'a pas la forme d'une instance exportée.");
        }
    }

    private async Task<(ImportedInstance? Instance, string? Fault)> ReadAsync(JsonObject file, JsonObject state, CancellationToken cancellationToken)
    {
        if (await VersionAsync(state, cancellationToken) is not { } version)
        {
            return (null, $"sa définition « {Text(state, "definitionId")} », version {state["definitionVersion"]}, n'existe pas ici. Importez-la d'abord.");
        }

        var numbers = new Numbers();
        var journal = Journal(file["WorkflowExecutionLogRecords"] as JsonArray ?? [], numbers);
        var own = file["Cleiss"]?["state"] as JsonObject;
        var record = new InstanceRecord(
            Text(state, "id")!, version.DefinitionId, version.Id, version.Version, Text(state, "correlationId"), Text(state, "name"),
            Named<WorkflowStatus>(Text(state, "status")), Named<WorkflowSubStatus>(Text(state, "subStatus")), Text(state, "parentWorkflowInstanceId"),
            (state["incidents"] as JsonArray)?.Count ?? 0, Time(state, "createdAt")!.Value, Time(state, "updatedAt") ?? Time(state, "createdAt")!.Value,
            Time(state, "finishedAt"), JsonSerializer.SerializeToUtf8Bytes(own ?? Ended(state, journal, numbers)));
        var bookmarks = (file["Bookmarks"] as JsonArray ?? []).OfType<JsonObject>().Select(bookmark => Read(bookmark, record)).ToList();
        if (record.Id.Length is 0 or > 100)
        {
            return (null, "son identifiant manque ou est trop long.");
        }

        return record.Status == WorkflowStatus.Running && await AgainstAsync(record, own is not null, bookmarks, cancellationToken) is { } fault
            ? (null, fault)
            : (new ImportedInstance(record, record.Status == WorkflowStatus.Running ? bookmarks : [], journal), null);
    }

    private async Task<string?> AgainstAsync(InstanceRecord record, bool isOurs, List<Bookmark> bookmarks, CancellationToken cancellationToken)
    {
        if (!isOurs)
        {
            return "elle est en cours sur un autre serveur : seules ses instances terminées peuvent être importées.";
        }

        if (bookmarks.Find(bookmark => !Portable.Contains(bookmark.Name)) is { } bound)
        {
            return $"elle attend dans « {bound.ActivityId} » ce qu'un fichier ne contient pas (une tâche, un envoi, une autre instance). Terminez-la ou annulez-la avant de l'exporter.";
        }

        return await inspector.InspectAsync(record, bookmarks, cancellationToken) is [var problem, ..] ? problem + "." : null;
    }

    private async Task<WorkflowDefinition?> VersionAsync(JsonObject state, CancellationToken cancellationToken)
    {
        var definitionId = Text(state, "definitionId") ?? "";
        if (Text(state, "definitionVersionId") is { } id && await definitions.FindByIdAsync(id, cancellationToken) is { } exact && exact.DefinitionId == definitionId)
        {
            return exact;
        }

        var number = state["definitionVersion"]?.GetValue<int>();
        return (await definitions.ListAsync(definitionId, cancellationToken)).FirstOrDefault(version => version.Version == number);
    }

    /// <summary>Another server's instance, to look at.</summary>
    private static JsonObject Ended(JsonObject state, List<JournalPage> journal, Numbers numbers) => new()
    {
        ["v"] = 1,
        ["n"] = numbers.Count,
        ["j"] = journal.Count == 0 ? 0 : journal.Max(page => page.FirstSequence + page.Lines - 1),
        ["in"] = state["input"]?.DeepClone() ?? new JsonObject(),
        ["out"] = state["output"]?.DeepClone() ?? new JsonObject(),
        ["props"] = state["properties"]?.DeepClone() ?? new JsonObject(),
        ["vars"] = new JsonObject(),
        ["ctx"] = new JsonArray(),
        ["incidents"] = new JsonArray([.. (state["incidents"] as JsonArray ?? []).OfType<JsonObject>().Select(incident => new JsonObject
        {
            ["activityId"] = Text(incident, "activityId") ?? "",
            ["activityNodeId"] = Text(incident, "activityNodeId") ?? "",
            ["activityType"] = Text(incident, "activityType") ?? "",
            ["activityNumber"] = 0,
            ["message"] = Text(incident, "message") ?? "",
            ["exceptionType"] = incident["exception"]?["type"]?.ToString() ?? "",
            ["stackTrace"] = incident["exception"]?["stackTrace"]?.ToString(),
            ["at"] = Time(incident, "timestamp") ?? DateTimeOffset.UnixEpoch,
        })]),
    };

    private static Bookmark Read(JsonObject bookmark, InstanceRecord instance)
    {
        var number = InstanceViews.ReadExecutionId(Text(bookmark, "activityInstanceId"))?.Number ?? 0;
        return new Bookmark(
            Text(bookmark, "id")!, instance.Id, instance.CorrelationId, Text(bookmark, "name")!, Text(bookmark, "hash"), Text(bookmark, "activityId")!, number,
            Text(bookmark, "callbackMethodName"), bookmark["payload"]?.DeepClone() as JsonObject, Time(bookmark, "createdAt") ?? instance.UpdatedAt,
            Time(bookmark["metadata"] as JsonObject ?? [], "dueAt"), bookmark["autoBurn"]?.GetValue<bool>() ?? true);
    }

    /// <summary>Lines of one moment make one page, as bursts write them.</summary>
    private static List<JournalPage> Journal(JsonArray records, Numbers numbers)
    {
        var pages = new List<JournalPage>();
        var lines = new List<JsonObject>();
        var sequence = 0;
        foreach (var record in records.OfType<JsonObject>().OrderBy(record => record["sequence"]!.GetValue<long>()))
        {
            if (lines.Count > 0 && (lines.Count == 1000 || Time(lines[0], "timestamp") != Time(record, "timestamp")))
            {
                pages.Add(Page(lines, sequence - lines.Count + 1, numbers));
                lines = [];
            }

            lines.Add(record);
            sequence++;
        }

        if (lines.Count > 0)
        {
            pages.Add(Page(lines, sequence - lines.Count + 1, numbers));
        }

        return pages;
    }

    private static JournalPage Page(List<JsonObject> records, int first, Numbers numbers)
    {
        var (lines, activities) = (new JsonArray(), new JsonArray());
        foreach (var record in records)
        {
            lines.Add(new JsonArray(
                Text(record, "eventName") ?? "", activities.Count, numbers.Of(Text(record, "activityInstanceId")),
                Text(record, "parentActivityInstanceId") is { } parent ? numbers.Of(parent) : null,
                Text(record, "message"), record["activityState"]?.DeepClone(), record["payload"]?.DeepClone()));
            activities.Add(new JsonArray(
                Text(record, "activityId") ?? "", Text(record, "activityType") ?? "", record["activityTypeVersion"]?.GetValue<int>() ?? 1,
                Text(record, "activityName"), Text(record, "nodeId") ?? ""));
        }

        return new JournalPage(first, records.Count, Time(records[0], "timestamp")!.Value, JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["r"] = lines, ["a"] = activities }));
    }

    private static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static DateTimeOffset? Time(JsonObject json, string name) =>
        Text(json, name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    private static T Named<T>(string? name)
        where T : struct, Enum => Enum.TryParse<T>(name, out var found) && Enum.IsDefined(found) ? found : throw new FormatException();

    /// <summary>Executions are numbers here; another server's ids get the next ones.</summary>
    private sealed class Numbers
    {
        private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

        public int Count => _numbers.Count == 0 ? 0 : _numbers.Values.Max();

        public int Of(string? executionId)
        {
            executionId ??= "";
            if (!_numbers.TryGetValue(executionId, out var number))
            {
                _numbers[executionId] = number = InstanceViews.ReadExecutionId(executionId)?.Number ?? Count + 1;
            }

            return number;
        }
    }
}
