using System.Text.Json.Nodes;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.People;
using Cleiss.TestKit;
using Npgsql;

namespace Cleiss.Forms.Tests;

public sealed class CatalogueTests : IAsyncLifetime
{
    private static readonly Actor Owner = new("proprietaire", "Paul Propriétaire", new HashSet<string>());
    private static readonly Actor Anne = new("agent1", "Anne Martin", new HashSet<string>());

    private readonly ManualTimeProvider _time = new();
    private TestDatabase _database = null!;
    private FormStore _forms = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _forms = Store();
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    private FormStore Store() => new(_database.DataSource, new FormSchemaReader(new FieldTypeRegistry()), _time);

    private static JsonObject Schema(string label) =>
        FormsKit.Schema($$"""{"id":"a","type":"textfield","key":"a","label":"{{label}}"}""");

    private static ShippedForm Shipped(string label) => new("essai", Schema(label), FormsKit.Json("""{"a":"x"}"""));

    [Fact]
    public async Task Upgrade_PublishesByItself_OnlyWhenNobodyEditedTheForm()
    {
        Assert.Equal(ShippedOutcome.Published, await _forms.SeedAsync(Shipped("Un"), default));
        Assert.Equal(ShippedOutcome.AlreadyThere, await _forms.SeedAsync(Shipped("Un"), default));
        Assert.Equal(ShippedOutcome.Published, await _forms.SeedAsync(Shipped("Deux"), default));
        Assert.Equal(2, (await _forms.FindAsync("essai", null, default))!.Version);

        // given the owner's own edit, published
        await _forms.SaveDraftAsync("essai", Schema("À moi"), null, Owner, default);
        Assert.NotNull((await _forms.PublishAsync("essai", null, Owner, default))!.Published);

        // then the next release only proposes
        Assert.Equal(ShippedOutcome.Proposed, await _forms.SeedAsync(Shipped("Trois"), default));
        Assert.Equal("À moi", (await _forms.FindAsync("essai", null, default))!.Fields[0].Label.Fr);
        Assert.Equal(new FormSummary("essai", "Essai", null, 3, 4), Assert.Single(await _forms.ListAsync(default)));

        // and a newer proposal takes the place of the older one
        Assert.Equal(ShippedOutcome.Proposed, await _forms.SeedAsync(Shipped("Quatre"), default));
        var published = await _forms.PublishAsync("essai", null, Owner, default);
        Assert.Equal("Quatre", published!.Published!.Fields[0].Label.Fr);
    }

    [Fact]
    public async Task Upgrade_BesideAnUnpublishedDraft_LeavesBoth()
    {
        await _forms.SeedAsync(Shipped("Un"), default);
        await _forms.SaveDraftAsync("essai", Schema("Brouillon"), null, Owner, default);
        Assert.Equal(ShippedOutcome.Proposed, await _forms.SeedAsync(Shipped("Deux"), default));
        Assert.Equal("Brouillon", (await _forms.FindNewestAsync("essai", default))!.Fields[0].Label.Fr);
        Assert.Equal("Un", (await _forms.FindAsync("essai", null, default))!.Fields[0].Label.Fr);
        await _forms.PublishAsync("essai", 3, Owner, default);

        // The owner's older draft, published later, becomes the newest version.
        var own = await _forms.PublishAsync("essai", 2, Owner, default);
        Assert.Equal(4, own!.Published!.Version);
        Assert.Equal("Brouillon", (await _forms.FindAsync("essai", null, default))!.Fields[0].Label.Fr);
    }

    [Fact]
    public async Task Publish_IsBlockedWhileTheOtherLanguageIsMissing()
    {
        var schema = Schema("Nom");
        schema["properties"]!["cleiss.partner.language"] = "ro";
        var saved = Assert.IsType<FormSaving.Saved>(await _forms.SaveDraftAsync("essai", schema, null, Owner, default));
        Assert.All(saved.Draft.Problems, problem => Assert.False(problem.Blocking));

        var publication = await _forms.PublishAsync("essai", null, Owner, default);

        Assert.Null(publication!.Published);
        Assert.Equal(2, publication.Problems.Count(problem => problem.Code == "partner-text-missing"));
    }

    [Fact]
    public async Task PublishedVersion_NeverChanges()
    {
        await _forms.SeedAsync(Shipped("Un"), default);
        await _forms.SaveDraftAsync("essai", Schema("Autre"), null, Owner, default);
        Assert.Equal("Un", (await Store().FindAsync("essai", 1, default))!.Fields[0].Label.Fr);
        Assert.Null(await _forms.FindAsync("essai", 9, default));
        Assert.Null(await _forms.FindAsync("inconnu", null, default));
    }

    [Fact]
    public async Task Draft_SavedInTwoPlaces_TellsWhoAndWhen()
    {
        var drafts = new DraftStore(_database.DataSource, _time);
        var first = Assert.IsType<DraftSaving.Saved>(await drafts.SaveAsync("t1", "essai", 1, FormsKit.Json("""{"a":"in\u0000valid","x":[1]}"""), 0, Anne, default));
        _time.Advance(TimeSpan.FromMinutes(3));
        var second = Assert.IsType<DraftSaving.Saved>(await drafts.SaveAsync("t1", "essai", 1, FormsKit.Json("""{"a":"b"}"""), first.Revision, Owner, default));

        var late = Assert.IsType<DraftSaving.Conflict>(await drafts.SaveAsync("t1", "essai", 1, [], first.Revision, Anne, default));

        Assert.Equal(("Paul Propriétaire", second.Revision, _time.GetUtcNow()), (late.Current!.SavedByName, late.Current.Revision, late.Current.SavedAt));
        Assert.IsType<DraftSaving.Conflict>(await drafts.SaveAsync("t1", "essai", 1, [], 0, Anne, default));
        Assert.Equal("b", (await drafts.FindAsync("t1", default))!.Data["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task Answer_IsKeptOnce_AndTheDraftOfItsTaskIsGone()
    {
        await _forms.SeedAsync(Shipped("Un"), default);
        var drafts = new DraftStore(_database.DataSource, _time);
        await drafts.SaveAsync("t1", "essai", 1, FormsKit.Json("""{"a":"b"}"""), 0, Anne, default);
        var answer = new RecordAnswer("r1", "essai", 1, "c1", "t1", FormsKit.Json("""{"a":"Ștefan"}"""), "agent1");
        for (var repeated = 0; repeated < 2; repeated++)
        {
            await using var connection = await _database.DataSource.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(connection);
            Assert.True(new AnswerParticipant().TryWrite(answer, new BurstScope("i1", "c1", _time.GetUtcNow()), batch));
            Assert.False(new AnswerParticipant().TryWrite("autre chose", new BurstScope("i1", "c1", _time.GetUtcNow()), batch));
            await batch.ExecuteNonQueryAsync();
        }

        Assert.Null(await drafts.FindAsync("t1", default));
        var kept = Assert.Single(await new AnswerStore(_database.DataSource).ListByCaseAsync("c1", default));
        Assert.Equal(("r1", "Ștefan", 1), (kept.Id, kept.Data["a"]!.GetValue<string>(), kept.FormVersion));
    }
}
