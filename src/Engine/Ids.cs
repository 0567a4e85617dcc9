using System.Buffers.Binary;

namespace Cleiss.Engine;

/// <summary>Identifiers: 22 lower-case characters, time-ordered so that index pages stay warm, and not guessable.</summary>
public static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static string New() => string.Create(22, Guid.CreateVersion7(), static (span, guid) =>
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        // Version and variant bits carry nothing: 48 bits of time, then 62 random ones.
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16 << 12 | BinaryPrimitives.ReadUInt64BigEndian(bytes) & 0xFFF;
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & 0x3FFF_FFFF_FFFF_FFFF;
        for (var i = 11; i >= 0; i--, high >>= 5)
        {
            span[i] = Alphabet[(int)(high & 31)];
        }

        for (var i = 21; i >= 12; i--, low >>= 5)
        {
            span[i] = Alphabet[(int)(low & 31)];
        }
    });
}
