using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Cleiss.Activities.Documents;
using Cleiss.Activities.Mail;
using Cleiss.Activities.PartnerLinks;
using Cleiss.Activities.UserTasks;
using Cleiss.Documents.Templates;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.Definitions;

/// <summary>
/// A definition may only name forms, templates, roles and partners that exist. Names that are computed when the flow runs are checked then.
/// </summary>
internal sealed class KnownNamesRule(FormStore forms, TemplateStore templates, PeopleStore people, ReferenceData reference) : IDefinitionRule
{
    public async IAsyncEnumerable<DefinitionProblem> CheckAsync(Activity activity, string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (activity)
        {
            case UserTask task:
                if (await FindUnknownFormAsync(task.Form, activity, path, cancellationToken) is { } unknownForm)
                {
                    yield return unknownForm;
                }

                var roles = await people.ListRolesAsync(cancellationToken);
                foreach (var role in Literals(task.CandidateGroups).Where(role => !roles.Contains(role)))
                {
                    yield return new DefinitionProblem(
                        "CLS-1044", path + ".candidateGroups", $"« {activity.DisplayText} » confie la tâche au rôle « {role} », qui n'existe pas. Rôles : {string.Join(", ", roles)}.");
                }

                break;
            case PartnerStep step:
                if (await FindUnknownAsync(step.Template, activity, path, cancellationToken) is { } unknownTemplate)
                {
                    yield return unknownTemplate;
                }

                if (step is AwaitPartner asked && await FindUnknownFormAsync(asked.Form, activity, path, cancellationToken) is { } unknownAsked)
                {
                    yield return unknownAsked;
                }

                break;
            case RenderDocument document:
                if (await FindUnknownAsync(document.Template, activity, path, cancellationToken) is { } unknownDocument)
                {
                    yield return unknownDocument;
                }

                break;
            case SendMail mail:
                if (await FindUnknownAsync(mail.Template, activity, path, cancellationToken) is { } unknownMail)
                {
                    yield return unknownMail;
                }

                if (Literal(mail.Partner) is { } partner && await reference.FindAgreementAsync(partner, cancellationToken) is null)
                {
                    yield return new DefinitionProblem(
                        "CLS-1045", path + ".partner", $"« {activity.DisplayText} » écrit au partenaire « {partner} », qui n'est pas dans le référentiel. Choisissez le code d'un accord.");
                }

                break;
        }
    }

    private async Task<DefinitionProblem?> FindUnknownFormAsync(Input? input, Activity activity, string path, CancellationToken cancellationToken)
    {
        if (Literal(input) is not { } form || await forms.FindAsync(form, null, cancellationToken) is not null)
        {
            return null;
        }

        var known = (await forms.ListAsync(cancellationToken)).Where(f => f.PublishedVersion is not null).Select(f => f.Key);
        return new DefinitionProblem(
            "CLS-1042", path + ".form", $"« {activity.DisplayText} » demande le formulaire « {form} », qui n'existe pas ou n'est pas publié. Formulaires : {string.Join(", ", known)}.");
    }

    private async Task<DefinitionProblem?> FindUnknownAsync(Input? input, Activity activity, string path, CancellationToken cancellationToken) =>
        Literal(input) is { } template && await templates.ListAsync(cancellationToken) is var known && !known.Contains(template)
            ? new DefinitionProblem(
                "CLS-1043", path + ".template", $"« {activity.DisplayText} » utilise le modèle « {template} », qui n'existe pas ou n'est pas publié. Modèles : {string.Join(", ", known)}.")
            : null;

    private static string? Literal(Input? input) =>
        input?.Expression is { Type: "Literal", Value: { } value } && value.ToString() is { Length: > 0 } text ? text : null;

    private static IEnumerable<string> Literals(Input? input)
    {
        var array = input?.Expression is not { Type: "Literal" or "Object", Value: { } value } ? null
            : value as JsonArray ?? (value.ToString() is ['[', ..] text ? JsonNode.Parse(text) as JsonArray : null);
        return array is null ? [] : array.Select(item => item?.ToString() ?? "").Where(item => item.Length > 0);
    }
}
