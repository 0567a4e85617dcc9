using Cleiss.Documents.Hosting;
using Cleiss.Documents.Issuing;
using Cleiss.Documents.Verification;
using Cleiss.Engine.Execution;
using Cleiss.Persistence.Engine;
using Cleiss.Persistence.Hosting;
using Cleiss.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Cleiss.Documents.Tests;

public sealed class NumberingTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(_time);
        services.AddPersistence(_database.ConnectionString);
        services.AddWorkflowStores();
        services.AddDocuments(new ConfigurationBuilder().Build());
        _services = services.BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    private Task WriteAsync(params object[] companions) => _services.GetRequiredService<WorkflowRuntime>().WriteAsync(companions, CancellationToken.None);

    [Fact]
    public async Task Numbers_HaveNoGap_ThoughTransactionsRaceAndFail()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            if (i % 3 == 0)
            {
                // Two documents with one verification code: the second insert fails and takes the first one's number back.
                var twice = Issue("MD");
                await Assert.ThrowsAsync<PostgresException>(() => WriteAsync(twice, twice with { DocumentId = Guid.NewGuid().ToString("N") }));
            }
            else
            {
                await WriteAsync(Issue("MD"));
            }
        }));

        Assert.Equal(40, await _database.ScalarAsync<long>("select count(*) from documents"));
        Assert.Equal(40, await _database.ScalarAsync<int>("select max(counter) from documents"));
        Assert.Equal(40, await _database.ScalarAsync<int>("select last_number from document_series where series = 'MD'"));
    }

    [Fact]
    public async Task Specimens_CountApart_AndTheYearIsThatOfParis()
    {
        _time.AdvanceTo(new DateTimeOffset(2026, 12, 31, 23, 30, 0, TimeSpan.Zero));

        await WriteAsync(Issue("MD"), Issue("MD", specimen: true), Issue("MD"));

        Assert.Equal(
            "MD-2027-0001 MD-2027-0002 SPEC-MD-2027-0001",
            await _database.ScalarAsync<string>("select string_agg(number, ' ' order by number) from documents"));
    }

    [Fact]
    public async Task Verification_TellsEachState_AndNeverMore()
    {
        var first = Issue("MD");
        var second = Issue("MD") with { PreviousDocumentId = first.DocumentId };
        var third = Issue("MD");
        await WriteAsync(first);
        var verification = _services.GetRequiredService<DocumentVerification>();
        Assert.Equal("pending", (await verification.FindAsync(first.VerificationCode, CancellationToken.None))!.State);

        await WriteAsync(new DocumentRendered(first.DocumentId, "un.pdf", [1, 2, 3]));
        Assert.Equal("valid", (await verification.FindAsync(first.VerificationCode.ToLowerInvariant().Replace('-', ' '), CancellationToken.None))!.State);
        await WriteAsync(second, new DocumentRendered(second.DocumentId, "deux.pdf", [4]), third, new DocumentCancelled(third.DocumentId, "essai"));

        var replaced = await verification.FindAsync(first.VerificationCode, CancellationToken.None);
        Assert.Equal(("replaced", "MD-2026-0002"), (replaced!.State, replaced.ReplacedBy));
        Assert.Equal("cancelled", (await verification.FindAsync(third.VerificationCode, CancellationToken.None))!.State);
        Assert.Null(await verification.FindAsync("AAAA-BBBB-CCCC", CancellationToken.None));
        Assert.True((await verification.CompareAsync(new byte[] { 4 }, CancellationToken.None)).Known);
        Assert.False((await verification.CompareAsync(new byte[] { 5 }, CancellationToken.None)).Known);
    }

    [Fact]
    public async Task StoringTheSamePdfTwice_ChangesNothing()
    {
        var document = Issue("MD");
        await WriteAsync(document, new DocumentRendered(document.DocumentId, "un.pdf", [1]));

        await WriteAsync(new DocumentRendered(document.DocumentId, "un.pdf", [9]));

        var stored = await _services.GetRequiredService<DocumentStore>().FindAsync(document.DocumentId, CancellationToken.None);
        Assert.Equal(Persistence.Files.FileStore.HashOf([1]), stored!.Sha256);
    }

    [Fact]
    public async Task AWithdrawal_CancelsWhatItWithdraws_WhicheverIsPrintedFirst()
    {
        var first = Issue("MD");
        var withdrawal = Issue("MD") with { PreviousDocumentId = first.DocumentId, CancelsPrevious = true };
        await WriteAsync(first, withdrawal, new DocumentRendered(withdrawal.DocumentId, "deux.pdf", [2]));
        await WriteAsync(new DocumentRendered(first.DocumentId, "un.pdf", [1]));

        var verified = await _services.GetRequiredService<DocumentVerification>().FindAsync(first.VerificationCode, CancellationToken.None);

        Assert.Equal(("cancelled", "MD-2026-0002"), (verified!.State, verified.ReplacedBy));
        Assert.Equal(
            ["date", "number", "replacedBy", "sha256", "state"],
            System.Text.Json.JsonSerializer.SerializeToNode(verified, System.Text.Json.JsonSerializerOptions.Web)!.AsObject().Select(member => member.Key).Order());
    }

    [Fact]
    public async Task WhatTheAgreementDoesNotAllow_IsASpecimen()
    {
        await _database.ExecuteAsync("create or replace function document_may_be_real(series text, form_key text, issued_on date) returns boolean language sql stable as $$ select series <> 'MD' $$");

        await WriteAsync(Issue("MD"), Issue("RS"), Issue("RS", specimen: true));

        Assert.Equal(
            "RS-2026-0001 SPEC-MD-2026-0001 SPEC-RS-2026-0001",
            await _database.ScalarAsync<string>("select string_agg(number, ' ' order by number) from documents where specimen = (number like 'SPEC-%')"));
    }

    private static IssueDocument Issue(string prefix, bool specimen = false) => new(
        Guid.NewGuid().ToString("N"), prefix, specimen, null, "Attestation", "formulaire-de-liaison/formulaire-bilingue", "se-151-08", "SE 151-08",
        true, null, "ro", VerificationCodes.New(), "agent1");
}
