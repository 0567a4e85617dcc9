using System.IO.Compression;
using System.Text;
using Cleiss.Persistence.Files;
using Cleiss.TestKit;
using Xunit;

namespace Cleiss.Persistence.Tests;

public sealed class FileTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async Task InitializeAsync() => _database = await PostgresServer.CreateDatabaseAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task Save_TheSameContentTwice_StoresItOnceUnderTwoIds()
    {
        var store = new FileStore(_database.DataSource, new ManualTimeProvider());
        var content = "%PDF-1.7 réponse"u8.ToArray();

        var first = await store.SaveAsync("a.pdf", MediaSniffer.Pdf, content, "agent1", CancellationToken.None);
        var second = await store.SaveAsync("b.pdf", MediaSniffer.Pdf, content, "agent2", CancellationToken.None);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(first.Sha256, second.Sha256);
        Assert.Equal(1, await _database.ScalarAsync<long>("select count(*) from file_contents"));
        var read = await store.ReadAsync(second.Id, CancellationToken.None);
        Assert.Equal("b.pdf", read!.Value.File.Name);
        Assert.Equal(content, read.Value.Content);
    }

    [Fact]
    public async Task Read_WhenTheStoredBytesChanged_RefusesThem()
    {
        var store = new FileStore(_database.DataSource, new ManualTimeProvider());
        var file = await store.SaveAsync("a.txt", MediaSniffer.Text, "avant"u8.ToArray(), "agent1", CancellationToken.None);
        await _database.ExecuteAsync("update file_contents set content = 'apres'");

        await Assert.ThrowsAsync<InvalidDataException>(() => store.ReadAsync(file.Id, CancellationToken.None));
    }

    [Fact]
    public void Sniff_TellsAcceptedTypesByTheirBytes()
    {
        Assert.Equal(MediaSniffer.Pdf, MediaSniffer.Sniff("%PDF-1.4"u8.ToArray()));
        Assert.Equal(MediaSniffer.Png, MediaSniffer.Sniff([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0]));
        Assert.Equal(MediaSniffer.Jpeg, MediaSniffer.Sniff([0xFF, 0xD8, 0xFF, 0xE0]));
        Assert.Equal(MediaSniffer.Docx, MediaSniffer.Sniff(Zip(("[Content_Types].xml", "<x/>"), ("word/document.xml", "<x/>"))));
        Assert.Equal(MediaSniffer.Odt, MediaSniffer.Sniff(Zip(("mimetype", MediaSniffer.Odt))));
        Assert.Equal(MediaSniffer.Text, MediaSniffer.Sniff("Bună ziua"u8.ToArray()));
    }

    [Fact]
    public void Sniff_OfAnythingElse_IsNull()
    {
        Assert.Null(MediaSniffer.Sniff([]));
        Assert.Null(MediaSniffer.Sniff("MZ\0\0"u8.ToArray()));
        Assert.Null(MediaSniffer.Sniff(Encoding.Latin1.GetBytes("déjà")));
        Assert.Null(MediaSniffer.Sniff(Zip(("evil.exe", "MZ"))));
        Assert.Null(MediaSniffer.Sniff([0x50, 0x4B, 3, 4, 0, 0, 0]));
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(zip.CreateEntry(name, CompressionLevel.NoCompression).Open());
                writer.Write(text);
            }
        }

        return stream.ToArray();
    }
}
