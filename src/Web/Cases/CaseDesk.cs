using System.Globalization;
using Cleiss.Activities.Cases;
using Cleiss.Documents.Issuing;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.FieldTypes;
using Cleiss.Persistence;
using Cleiss.Persistence.People;
using Cleiss.Persistence.Trails;
using Cleiss.Web.Documents;
using Cleiss.Web.Layout;
using Cleiss.Web.Mails;
using Cleiss.Web.Words;
using Cleiss.Workflows.Fiches;
using Cleiss.Workflows.FormulaireDeLiaison;
using Microsoft.EntityFrameworkCore;

namespace Cleiss.Web.Cases;

/// <summary>Reads cases for their pages.</summary>
internal sealed class CaseDesk(
    IDbContextFactory<CleissDbContext> contexts,
    TrailReader trails,
    AnswerStore answers,
    FormStore forms,
    PeopleStore people,
    CaseService cases,
    DocumentStore store,
    DocumentDesk documents,
    MailDesk mails)
{
    public async Task<CaseListPage> ListAsync(CaseListQuery query, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = context.Set<Case>().AsNoTracking();
        if (query.State is { Length: > 0 } state)
        {
            // « En cours » is what is not finished: waiting for the partner included.
            rows = state == CaseState.Open
                ? rows.Where(row => row.State == CaseState.Open || row.State == CaseState.Waiting)
                : rows.Where(row => row.State == state);
        }

        if (query.Search is { Length: > 0 } search)
        {
            var pattern = SearchPattern.Containing(search);
            rows = rows.Where(row =>
                EF.Functions.ILike(row.Reference, pattern, SearchPattern.Escape)
                || EF.Functions.ILike(row.LastName ?? "", pattern, SearchPattern.Escape)
                || EF.Functions.ILike((row.FirstNames ?? "") + " " + (row.LastName ?? ""), pattern, SearchPattern.Escape)
                || EF.Functions.ILike(row.Title, pattern, SearchPattern.Escape));
        }

        var total = await rows.LongCountAsync(cancellationToken);
        var page = await rows.OrderByDescending(row => row.OpenedAt).ThenByDescending(row => row.Id)
            .Skip((query.Page - 1) * query.PageSize).Take(query.PageSize).ToListAsync(cancellationToken);
        return new CaseListPage([.. page.Select(Row)], total);
    }

    public async Task<CaseView?> FindAsync(string id, Actor reader, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await context.Set<Case>().AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellationToken);
        if (found is null)
        {
            return null;
        }

        var names = (await people.ListAsync(cancellationToken)).ToDictionary(person => person.Id, person => person.Name, StringComparer.Ordinal);
        var open = await context.Set<Activities.UserTasks.UserTaskRow>().AsNoTracking()
            .Where(task => task.CaseId == id && task.CompletedAt == null)
            .OrderBy(task => task.DueAt).ToListAsync(cancellationToken);
        var issued = await documents.ListByCaseAsync(id, cancellationToken);
        var sent = await mails.ListByCaseAsync(id, cancellationToken);
        var waits = found.State == CaseState.Waiting;
        var row = Row(found);
        return new CaseView(
            row,
            found.ClosedAt is { } at ? $"Le dossier est {row.Standing.Words} depuis le {French.Long(at)}{(found.Status is null ? "" : $" : {found.Status}")}." : null,
            Facts(found),
            CaseProgress.Of(found, [.. open.Select(task => task.ActivityId)], issued, sent),
            await TimelineAsync(id, cancellationToken),
            [.. open.Select(task => new CaseTask(
                task.Id, task.Title, task.DueAt, task.Assignee is null ? null : names.GetValueOrDefault(task.Assignee, task.Assignee),
                string.Join(", ", task.CandidateGroups.Select(Account.RoleWords.Of))))],
            issued,
            sent,
            await AnswersAsync(id, names, cancellationToken),
            waits && reader.Has(Permission.CasesReply)
                ? new CaseReply("Le dossier attend une réponse. Quand elle arrive, enregistrez-la avec son fichier : la procédure reprend.")
                : null,
            reader.Has(Permission.CasesReply) ? await OffersAsync(found, cancellationToken) : []);
    }

    /// <summary>While the case waits its flow says what may be asked; once it is closed, a new case corrects or withdraws what it sent.</summary>
    private async Task<IReadOnlyList<CaseOffer>> OffersAsync(Case found, CancellationToken cancellationToken)
    {
        if (found.State != CaseState.Closed || found.ProcessKey != FormulaireDeLiaisonProcess.ProcessKey)
        {
            return [.. (await cases.ListRequestsAsync(found.Id, cancellationToken)).Select(request => new CaseOffer(request, PageAddress.With($"/dossiers/{found.Id}/demande", ("quoi", request))))];
        }

        string Href(string document, string request) => PageAddress.With(
            "/dossiers/nouveau", ("processus", found.ProcessKey), ("remplace", document), (FormulaireDeLiaisonProcess.RequestField, request));
        var sent = (await store.ListAsync(found.Id, 0, 50, cancellationToken))
            .FirstOrDefault(document => document is { State: DocumentState.Valid or DocumentState.Specimen, FormKey: not null, CancelsPrevious: false });
        return sent is not null
            ?
            [
                new CaseOffer("Corriger par un nouveau dossier", Href(sent.Id, FormulaireDeLiaisonProcess.Correction)),
                new CaseOffer("Annuler par un nouveau dossier", Href(sent.Id, FormulaireDeLiaisonProcess.Cancellation)),
            ]
            : [];
    }

    /// <summary>An answer of this case with the form it was given on; null when the case has no such answer.</summary>
    public async Task<(FormAnswer Answer, Forms.Definitions.FormDefinition Form)?> FindAnswerAsync(
        string caseId, string answerId, CancellationToken cancellationToken)
    {
        if (await answers.FindAsync(answerId, cancellationToken) is not { } answer || answer.CaseId != caseId)
        {
            return null;
        }

        return await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken) is { } form ? (answer, form) : null;
    }

    public static CaseRow Row(Case found) => new(
        found.Id,
        found.Reference,
        found.ProcessKey,
        found.Title,
        PersonWords.Of(found.LastName, found.FirstNames),
        CountryWords(found.AgreementIso),
        found.Test,
        CaseStates.Standing(found.State),
        found.OpenedAt,
        found.OpenedByName,
        found.Status);

    public static string? CountryWords(string? iso) => iso is null ? null : Countries.Find(iso)?.Name.Fr ?? iso;

    private static List<CaseFact> Facts(Case found)
    {
        var facts = new List<CaseFact> { new("Référence", found.Reference) };
        if (found.Status is { Length: > 0 } && found.ClosedAt is null)
        {
            facts.Add(new("Avancement", found.Status));
        }

        if (PersonWords.Of(found.LastName, found.FirstNames) is { } person)
        {
            facts.Add(new("Personne assurée", person));
        }

        if (found.BirthDate is { } birth)
        {
            facts.Add(new("Née ou né le", French.Long(birth)));
        }

        if (CountryWords(found.AgreementIso) is { } country)
        {
            // Only a form of an agreement makes a case one of the agreement.
            facts.Add(found.FormKey is null ? new("Pays", country) : new("Accord", $"France–{country}"));
        }

        facts.Add(new("Reçu le", French.Long(found.ReceivedOn)));
        facts.Add(new("Ouvert le", $"{French.Moment(found.OpenedAt)}, par {found.OpenedByName}"));
        if (found.ClosedAt is { } closed)
        {
            facts.Add(new("Clos le", French.Moment(closed)));
        }

        return facts;
    }

    private async Task<IReadOnlyList<CaseEvent>> TimelineAsync(string id, CancellationToken cancellationToken) =>
        [.. (await trails.ListAsync(TrailIds.Case(id), cancellationToken)).Reverse()
            .Select(line => new CaseEvent(
                line.At, Tell(line), null, line.Kind == DecisionReader.Kind ? string.Create(CultureInfo.InvariantCulture, $"/dossiers/{id}/decisions/{line.Position}") : null))];

    private async Task<IReadOnlyList<CaseAnswer>> AnswersAsync(string id, Dictionary<string, string> names, CancellationToken cancellationToken)
    {
        var given = new List<CaseAnswer>();
        foreach (var answer in await answers.ListByCaseAsync(id, cancellationToken))
        {
            var form = await forms.FindAsync(answer.FormKey, answer.FormVersion, cancellationToken);
            given.Add(new CaseAnswer(
                answer.Id,
                answer.FormKey,
                answer.FormVersion,
                form is null ? answer.FormKey : FormWords.Title(form),
                answer.CreatedAt,
                answer.CreatedBy == Actor.System.Id ? Actor.System.Name : names.GetValueOrDefault(answer.CreatedBy, answer.CreatedBy)));
        }

        return given;
    }

    /// <summary>« Anne Martin a ouvert… » ; what the product did by itself is a sentence of its own.</summary>
    private static string Tell(TrailLine line) =>
        (char.IsUpper(line.Sentence, 0) ? line.Sentence : $"{line.ActorName} {line.Sentence}").TrimEnd('.') + ".";
}
