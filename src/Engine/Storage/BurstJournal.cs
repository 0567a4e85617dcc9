using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Storage;

/// <summary>
/// The execution log of one burst. Each line is written as UTF-8 JSON the moment it happens, so that it shows the values of that moment and
/// leaves no objects behind; stores keep whole pages and read them with <see cref="JournalPage.Read"/>.
/// </summary>
public sealed class BurstJournal
{
    /// <summary>A burst that writes more begins another page, so that no page grows without end.</summary>
    private const int LinesPerPage = 1000;

    private List<JournalPage>? _finished;
    private JsonBuffer? _buffer;
    private int _lines;
    private int _firstSequence;

    public int Count { get; private set; }

    /// <param name="sequence">Of the line; lines come in order without gaps.</param>
    internal void Add(int sequence, string eventName, ActivityExecutionContext execution, string? message, JsonObject? payload, bool withInputs)
    {
        var json = Begin(sequence, eventName, execution);
        if (message is not null || payload is not null || withInputs)
        {
            json.WriteStringValue(message);
        }

        if (withInputs)
        {
            WriteInputs(json, execution);
        }
        else if (payload is not null)
        {
            json.WriteNullValue();
        }

        payload?.WriteTo(json);
        json.WriteEndArray();
    }

    /// <summary>The line of a completed activity names the outcomes the flow goes on from.</summary>
    internal void AddCompleted(int sequence, ActivityExecutionContext execution, IReadOnlyList<string> outcomes)
    {
        var json = Begin(sequence, "Completed", execution);
        json.WriteNullValue();
        json.WriteNullValue();
        json.WriteStartObject();
        json.WriteStartArray("Outcomes"u8);
        for (var i = 0; i < outcomes.Count; i++)
        {
            json.WriteStringValue(outcomes[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    /// <summary>What a store writes; valid until the burst has ended.</summary>
    public IReadOnlyList<JournalPage> TakePages(DateTimeOffset at)
    {
        if (_buffer is { } buffer && _lines > 0)
        {
            EndPage(buffer);
            JournalPage last = new(_firstSequence, _lines, at, buffer.Written);
            _lines = 0;
            return _finished is null ? [last] : [.. _finished.Select(page => page with { At = at }), last];
        }

        return [];
    }

    /// <summary>The burst has ended: its memory goes to the next one.</summary>
    internal void Release()
    {
        _buffer?.Return();
        _buffer = null;
        _lines = 0;
    }

    /// <summary><c>["Started", activity, number, parent</c>: the activity by its place in the page's list.</summary>
    private Utf8JsonWriter Begin(int sequence, string eventName, ActivityExecutionContext execution)
    {
        var json = (_buffer ??= JsonBuffer.Take()).Json;
        if (_lines == LinesPerPage)
        {
            EndPage(_buffer);
            (_finished ??= []).Add(new JournalPage(_firstSequence, _lines, default, _buffer.Written.ToArray()));
            _buffer.Clear();
            _lines = 0;
        }

        if (_lines == 0)
        {
            _firstSequence = sequence;
            json.WriteStartObject();
            json.WriteStartArray("r"u8);
        }

        Count++;
        _lines++;
        if (!_buffer.Activities.TryGetValue(execution.Activity, out var place))
        {
            _buffer.Activities[execution.Activity] = place = _buffer.Activities.Count;
        }

        json.WriteStartArray();
        json.WriteStringValue(eventName);
        json.WriteNumberValue(place);
        json.WriteNumberValue(execution.Number);
        if (execution.Parent is { } parent)
        {
            json.WriteNumberValue(parent.Number);
        }
        else
        {
            json.WriteNullValue();
        }

        return json;
    }

    private static void EndPage(JsonBuffer buffer)
    {
        var json = buffer.Json;
        json.WriteEndArray();
        json.WriteStartArray("a"u8);
        // In the order in which they came: a dictionary that nothing is removed from keeps it.
        foreach (var activity in buffer.Activities.Keys)
        {
            json.WriteStartArray();
            json.WriteStringValue(activity.Id);
            json.WriteStringValue(activity.Type);
            json.WriteNumberValue(activity.Version);
            json.WriteStringValue(activity.Name);
            json.WriteStringValue(activity.NodeId);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        buffer.Activities.Clear();
    }

    /// <summary>Evaluated inputs by name; those marked sensitive stay out.</summary>
    private static void WriteInputs(Utf8JsonWriter json, ActivityExecutionContext execution)
    {
        if (execution.InputValues is not { } values)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        foreach (var input in execution.Activity.Inputs.All)
        {
            if (!input.IsSensitive && values[input.Input.Slot] is { } value and not Delegate)
            {
                json.WritePropertyName(input.Name);
                WriteInput(json, value);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteInput(Utf8JsonWriter json, object value)
    {
        try
        {
            Values.Write(json, value);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            // A delegate's value may be any object; the journal is no reason to fail.
            json.WriteStringValue(value.GetType().Name);
        }
    }
}

/// <summary>Some lines of the journal that were written together.</summary>
/// <param name="Content">Compact JSON: <c>{"r":[[event, activity, number, parent, message, inputs, payload]…],"a":[[id, type, version, name, nodeId]…]}</c>.</param>
public sealed record JournalPage(int FirstSequence, int Lines, DateTimeOffset At, ReadOnlyMemory<byte> Content)
{
    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<JournalRecord> Read()
    {
        var content = JsonNode.Parse(Content.Span)!;
        var activities = content["a"]!.AsArray();
        return [.. content["r"]!.AsArray().Select((line, place) => ReadLine(line!.AsArray(), activities, FirstSequence + place))];
    }

    private JournalRecord ReadLine(JsonArray line, JsonArray activities, int sequence)
    {
        var activity = activities[line[1]!.GetValue<int>()]!.AsArray();
        return new JournalRecord(
            sequence, At, line[0]!.GetValue<string>(), activity[0]!.GetValue<string>(), line[2]!.GetValue<int>(), line[3]?.GetValue<int>(),
            activity[1]!.GetValue<string>(), activity[2]!.GetValue<int>(), activity[3]?.GetValue<string>(), activity[4]!.GetValue<string>(),
            line.Count > 4 ? line[4]?.GetValue<string>() : null,
            line.Count > 5 ? line[5]?.DeepClone().AsObject() : null,
            line.Count > 6 ? line[6]?.DeepClone().AsObject() : null);
    }
}
