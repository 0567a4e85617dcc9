using System.Globalization;

namespace Cleiss.Persistence.Http;

/// <summary>The number of a page of a list, as an address gives it: whatever stands there, a page that can be asked for.</summary>
public static class PageNumber
{
    private const int Last = 1_000_000;

    public static int Read(string? text) => Clamp(int.TryParse(text, CultureInfo.InvariantCulture, out var page) ? page : null);

    public static int Clamp(int? page) => Math.Clamp(page ?? 1, 1, Last);
}
