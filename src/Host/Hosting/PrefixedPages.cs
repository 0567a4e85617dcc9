using System.Text;
using System.Text.RegularExpressions;

namespace Cleiss.Host.Hosting;

/// <summary>Lets everything pass but pages: those it keeps until they are whole, and then sends with their links below the prefix.</summary>
internal sealed partial class PrefixedPages(HttpResponse response, Stream body, string prefix) : Stream
{
    private MemoryStream? _page;

    public override bool CanRead => false;

    // What was kept of a page can be taken back: an error page then stands in its place.
    public override bool CanSeek => _page is not null;

    public override bool CanWrite => true;

    public override long Length => _page?.Length ?? throw new NotSupportedException();

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public static bool IsPage(HttpResponse response) => response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;

    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (_page is { } page)
        {
            _page = null;
            var text = Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length);
            await body.WriteAsync(Encoding.UTF8.GetBytes(FromRoot().Replace(text, prefix + "/")), cancellationToken);
        }
    }

    public override void Flush() => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        _page is null && !IsPage(response) ? body.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_page is null && !IsPage(response))
        {
            await body.WriteAsync(buffer, cancellationToken);
            return;
        }

        _page ??= new MemoryStream();
        _page.Write(buffer.Span);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => _page?.SetLength(value);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _page?.Dispose();
        }

        base.Dispose(disposing);
    }

    // Only in tags: what people wrote cannot hold a quotation mark in a page. Links to other sites begin with two slashes or a scheme.
    [GeneratedRegex("(?<=\\s(href|src|action|formaction)=\")/(?!/)|(?<=\\sdata-[a-z-]+=\")/(?=[a-z_])", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex FromRoot();
}
