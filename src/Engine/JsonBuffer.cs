using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine;

/// <summary>
/// A JSON writer with its memory, used again and again: every burst writes a state and a journal, and new buffers for each would be most of
/// the garbage the engine makes.
/// </summary>
internal sealed class JsonBuffer
{
    private const int Kept = 64;
    private const int LargestKept = 256 * 1024;

    private static readonly ConcurrentQueue<JsonBuffer> Spare = [];
    // What is written goes into a database column, never into a page, so letters with accents may stay what they are.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _memory = new(4096);

    private JsonBuffer() => Json = new Utf8JsonWriter(_memory, Options);

    public Utf8JsonWriter Json { get; }

    /// <summary>Of a journal page: the activities its lines name, by their place in the page's list.</summary>
    public Dictionary<Activity, int> Activities { get; } = [];

    public static JsonBuffer Take() => Spare.TryDequeue(out var buffer) ? buffer : new JsonBuffer();

    /// <summary>All that was written so far; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written
    {
        get
        {
            Json.Flush();
            return _memory.WrittenMemory;
        }
    }

    public void Clear()
    {
        Json.Reset();
        _memory.ResetWrittenCount();
    }

    /// <summary>Gives the buffer to the next burst; nobody may read it afterwards.</summary>
    public void Return()
    {
        if (_memory.Capacity <= LargestKept && Spare.Count < Kept)
        {
            Clear();
            Activities.Clear();
            Spare.Enqueue(this);
        }
    }
}
