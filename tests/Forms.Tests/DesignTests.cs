using System.Text.Json.Nodes;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Persistence.People;
using Cleiss.TestKit;

namespace Cleiss.Forms.Tests;

/// <summary>What owners of forms do to drafts, alone and with others.</summary>
public sealed class DesignTests : IAsyncLifetime
{
    private static readonly Actor Paul = new("proprietaire", "Paul Propriétaire", new HashSet<string>());
    private static readonly Actor Odile = new("proprietaire2", "Odile Ricard", new HashSet<string>());

    private readonly ManualTimeProvider _time = new();
    private readonly FormSchemaReader _reader = new(new FieldTypeRegistry());
    private TestDatabase _database = null!;
    private FormStore _forms = null!;
    private FormHistory _history = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgresServer.CreateDatabaseAsync();
        _forms = new FormStore(_database.DataSource, _reader, _time);
        _history = new FormHistory(_database.DataSource, _reader);
    }

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task An_unfinished_draft_is_kept_and_only_its_publication_is_blocked()
    {
        var draft = await SaveAsync(Schema("""{"id":"a","type":"select","key":"","label":"","values":[]}"""), 0);

        Assert.Equal(["choices-missing", "key-missing", "label-missing"], draft.Problems.Select(problem => problem.Code).Order(StringComparer.Ordinal));
        Assert.Null((await _forms.PublishAsync("essai", null, Paul, default))!.Published);
        Assert.IsType<FormSaving.Refused>(await _forms.SaveDraftAsync("essai", FormsKit.Json("""{"type":"default"}"""), null, Paul, default, 1));
    }

    [Fact]
    public async Task A_second_editor_is_told_and_what_gives_way_is_kept()
    {
        var first = await SaveAsync(Schema("""{"id":"a","type":"textfield","key":"a","label":"Un"}"""), 0);
        var second = Assert.IsType<FormSaving.Saved>(await _forms.SaveDraftAsync("essai", Schema("""{"id":"a","type":"textfield","key":"a","label":"Deux"}"""), null, Odile, default, first.Revision));

        var late = Assert.IsType<FormSaving.Conflict>(await _forms.SaveDraftAsync("essai", Schema("""{"id":"a","type":"textfield","key":"a","label":"Trois"}"""), null, Paul, default, first.Revision));
        Assert.Equal(("Odile Ricard", 2L), (late.Current!.SavedBy, late.Current.Revision));

        await SaveAsync(Schema("""{"id":"a","type":"textfield","key":"a","label":"Trois"}"""), second.Draft.Revision);
        var copies = await _history.ListCopiesAsync("essai", default);
        Assert.Equal(["Odile Ricard", "Paul Propriétaire"], copies.Select(copy => copy.SavedBy));
        Assert.Equal("Deux", (await _history.FindCopyAsync("essai", copies[0].Id, default))!.Fields[0].Label.Fr);
        Assert.Null(await _history.FindCopyAsync("autre", copies[0].Id, default));
    }

    [Fact]
    public async Task A_draft_that_was_published_meanwhile_is_not_written_over()
    {
        var draft = await SaveAsync(Schema("""{"id":"a","type":"textfield","key":"a","label":"Un"}"""), 0);
        Assert.NotNull((await _forms.PublishAsync("essai", null, Odile, default))!.Published);

        var late = Assert.IsType<FormSaving.Conflict>(await _forms.SaveDraftAsync("essai", Schema(), null, Paul, default, draft.Revision));
        Assert.Equal(0, late.Current!.Revision);
        Assert.Equal(2, (await SaveAsync(Schema(), 0)).Form.Version);
        Assert.IsType<FormSaving.Conflict>(await _forms.SaveDraftAsync("essai", Schema(), null, Paul, default, asNew: true));
    }

    [Fact]
    public async Task Giving_a_draft_up_keeps_its_text()
    {
        var draft = await SaveAsync(Schema("""{"id":"a","type":"textfield","key":"a","label":"Un"}"""), 0);

        Assert.False(await _forms.AbandonDraftAsync("essai", draft.Revision + 1, Paul, default));
        Assert.True(await _forms.AbandonDraftAsync("essai", draft.Revision, Paul, default));
        Assert.Null(await _forms.FindDraftAsync("essai", default));
        Assert.Single(await _history.ListCopiesAsync("essai", default));
    }

    [Fact]
    public void Difference_TellsWhatOwnersDid_InSentences()
    {
        var before = Read(Schema(
            """{"id":"a","type":"textfield","key":"nom","label":"Nom"}""",
            """{"id":"b","type":"select","key":"motif","label":"Motif","values":[{"label":"Un","value":"un"},{"label":"Deux","value":"deux"}]}""",
            """{"id":"c","type":"textfield","key":"vieux","label":"Ancien champ"}""",
            """{"id":"g","type":"group","label":"Partie","components":[{"id":"d","type":"number","key":"age","label":"Âge"}]}"""));
        var after = Read(Schema(
            """{"id":"b","type":"select","key":"motif","label":"Motif","values":[{"label":"Un","value":"un"},{"label":"Trois","value":"trois"}],"validate":{"required":true}}""",
            """{"id":"a","type":"textfield","key":"nomNaissance","label":"Nom de naissance","validate":{"maxLength":60},"conditional":{"hide":"=motif = \"un\""}}""",
            """{"id":"g","type":"group","label":"Partie","components":[{"id":"n","type":"datetime","subtype":"date","key":"le","dateLabel":"Date"}]}""",
            """{"id":"d","type":"number","key":"age","label":"Âge"}"""));

        var told = FormDifference.Between(before, after).Select(change => change.Sentence).ToList();

        Assert.Equal(
            [
                "« Ancien champ » (Texte court) est retiré.",
                "« Motif » : le choix « Deux » est retiré.",
                "« Motif » : le choix « Trois » est ajouté.",
                "« Motif » devient obligatoire.",
                "« Nom » s'appelle maintenant « Nom de naissance ».",
                "« Nom de naissance » : le nom technique passe de « nom » à « nomNaissance » ; une réponse déjà donnée garde l'ancien.",
                "« Nom de naissance » : la condition qui masque le champ : « motif = \"un\" », rien auparavant.",
                "« Nom de naissance » : la longueur maximale : « 60 », rien auparavant.",
                "« Date » (Date) est ajouté dans « Partie ».",
                "« Âge » passe de « Partie » au premier niveau du formulaire.",
                "« Nom de naissance » change de place.",
            ],
            told);
        Assert.Empty(FormDifference.Between(before, before));
    }

    [Fact]
    public void Import_TakesWhatItCanDraw_AndTellsTheRest()
    {
        var camunda = FormsKit.Json("""
            {"type":"default","id":"Form_1","schemaVersion":16,"components":[
              {"type":"text","text":"# Bonjour"},
              {"id":"x","type":"textfield","key":"person.name","label":"Name"},
              {"id":"x","type":"taglist","key":"tags","label":"Tags","values":[{"label":"A","value":"a"}]},
              {"id":"d","type":"datetime","subtype":"datetime","dateLabel":"Quand","key":"action"},
              {"type":"button","label":"Submit"},{"type":"spacer"}]}
            """);

        var imported = new FormImport(new FieldTypeRegistry()).Read(camunda, "venu-de-camunda", "Venu de Camunda");
        var form = Read(imported.Schema);

        Assert.Empty(_reader.Check("venu-de-camunda", 1, FormState.Draft, imported.Schema, null).Problems);
        Assert.Equal("Venu de Camunda", form.Title.Fr);
        Assert.Equal(["information", "text", "choices", "date"], form.Fields.Select(field => field.Type.Name));
        Assert.Equal(["", "personName", "tags", "action2"], form.Fields.Select(field => field.Key));
        Assert.Equal(6, imported.Notes.Count);
    }

    [Fact]
    public void Import_OfWhatWasExported_ChangesNothing()
    {
        foreach (var shipped in FormsKit.Shipped)
        {
            var again = new FormImport(new FieldTypeRegistry()).Read(shipped.Schema, shipped.Key, "Autre titre");
            Assert.Empty(again.Notes);
            Assert.True(JsonNode.DeepEquals(shipped.Schema, again.Schema), shipped.Key);
        }
    }

    private static JsonObject Schema(params string[] components) => FormsKit.Schema(components);

    private FormDefinition Read(JsonObject schema) => _reader.Check("essai", 1, FormState.Draft, schema, null).Definition;

    private async Task<DesignDraft> SaveAsync(JsonObject schema, long expectedRevision) =>
        Assert.IsType<FormSaving.Saved>(await _forms.SaveDraftAsync("essai", schema, null, Paul, default, expectedRevision)).Draft;
}
