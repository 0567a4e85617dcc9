namespace Cleiss.Web.Layout;

/// <summary>Addresses with a query, leaving out what is empty, so that links stay short and readable.</summary>
internal static class PageAddress
{
    public static string With(string path, params ReadOnlySpan<(string Name, string? Value)> parts)
    {
        var query = new List<string>();
        foreach (var (name, value) in parts)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Add($"{name}={Uri.EscapeDataString(value)}");
            }
        }

        return query.Count == 0 ? path : $"{path}?{string.Join('&', query)}";
    }

    /// <summary>A page number for an address: nothing for the first page.</summary>
    public static string? Number(int page) => page <= 1 ? null : page.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
