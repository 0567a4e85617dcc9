using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cleiss.Host.SignIn;

/// <summary>
/// Slows down who guesses passwords: after a few failures of one account from one address, that pair waits, each time twice as long. Nobody
/// else waits, so that guessing cannot be used to lock people out.
/// </summary>
/// <param name="addressesAreReal">
/// Whether addresses tell clients apart. Behind a proxy that is not named in the settings everybody has the same one; then there is no limit
/// for an address alone.
/// </param>
internal sealed class SignInThrottle(bool addressesAreReal, TimeProvider time)
{
    private const int FreeFailuresOfPair = 5;
    private const int FreeFailuresOfAddress = 50;
    private const int MostKeys = 10_000;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    // What is older has been waited for and is forgotten.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();
    private Dictionary<UInt128, Failures> _young = [];
    private Dictionary<UInt128, Failures> _old = [];

    /// <summary>How many accounts and addresses are kept at present.</summary>
    public int Remembered
    {
        get
        {
            lock (_gate)
            {
                return _young.Count + _old.Count;
            }
        }
    }

    /// <summary>How long until this account may be tried again from this address; zero when it may be now.</summary>
    public TimeSpan WaitOf(string userName, string? address)
    {
        var pair = WaitOf(PairOf(userName, address), FreeFailuresOfPair);
        var alone = addressesAreReal ? WaitOf(KeyOf(address ?? ""), FreeFailuresOfAddress) : TimeSpan.Zero;
        return pair > alone ? pair : alone;
    }

    public void Failed(string userName, string? address)
    {
        Add(PairOf(userName, address));
        if (addressesAreReal)
        {
            Add(KeyOf(address ?? ""));
        }
    }

    public void Succeeded(string userName, string? address)
    {
        lock (_gate)
        {
            _young.Remove(PairOf(userName, address));
            _old.Remove(PairOf(userName, address));
        }
    }

    private TimeSpan WaitOf(UInt128 key, int free)
    {
        lock (_gate)
        {
            if (Find(key) is not { } known || known.Count < free)
            {
                return TimeSpan.Zero;
            }

            var wait = FirstWait * Math.Pow(2, Math.Min(known.Count - free, 10));
            wait = wait < LongestWait ? wait : LongestWait;
            var gone = time.GetElapsedTime(known.Last);
            return wait > gone ? wait - gone : TimeSpan.Zero;
        }
    }

    private void Add(UInt128 key)
    {
        lock (_gate)
        {
            var before = Find(key)?.Count ?? 0;
            if (_young.Count >= MostKeys / 2)
            {
                // The older half goes at once: nothing has to be searched for, and there are never more than the limit.
                (_young, _old) = ([], _young);
            }

            _young[key] = new Failures(time.GetTimestamp(), before + 1);
        }
    }

    private Failures? Find(UInt128 key) =>
        (_young.TryGetValue(key, out var known) || _old.TryGetValue(key, out known)) && time.GetElapsedTime(known.Last) < Memory ? known : null;

    // A user name is of any length and somebody else's; only its hash is kept.
    private static UInt128 PairOf(string userName, string? address) => KeyOf(userName + "\n" + address);

    private static UInt128 KeyOf(string text) => BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Failures(long Last, int Count);
}
