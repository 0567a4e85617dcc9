using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Engine.Definitions;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Studio.Formulaires;

/// <summary>Which processes and agreements ask for a form: an owner sees whom a new version concerns.</summary>
internal sealed class FormUsage(IEnumerable<IProcess> processes, IDefinitionStore definitions, ReferenceData reference)
{
    /// <summary>French names by form key.</summary>
    public async Task<ILookup<string, string>> ListAsync(CancellationToken cancellationToken)
    {
        var uses = new List<(string Form, string By)>();
        uses.AddRange(processes.Select(process => (process.StartForm, $"{process.Title} (ouverture)")));
        uses.Add((CaseService.ReplyForm, "réponse reçue, dans tous les dossiers"));
        foreach (var definition in (await definitions.ListAsync(null, cancellationToken)).Where(definition => definition.IsPublished || definition.IsLatest))
        {
            var name = processes.FirstOrDefault(process => process.Key == definition.DefinitionId)?.Title ?? definition.Name;
            uses.AddRange(TaskForms(definition.Document).Select(form => (form, name)));
        }

        foreach (var agreement in await reference.ListAgreementsAsync(cancellationToken))
        {
            var detail = await reference.FindAgreementAsync(agreement.Iso, cancellationToken);
            uses.AddRange(detail?.Forms.Select(form => (form.FormKey, $"accord {agreement.Partner}")) ?? []);
        }

        return uses.Distinct().ToLookup(use => use.Form, use => use.By, StringComparer.Ordinal);
    }

    private static IEnumerable<string> TaskForms(JsonNode? node) => node switch
    {
        JsonObject activity => (activity["form"] is JsonObject input && input["expression"] is JsonObject expression
                && expression["type"]?.ToString() == "Literal" && expression["value"]?.ToString() is { Length: > 0 } form ? [form] : Enumerable.Empty<string>())
            .Concat(activity.SelectMany(property => TaskForms(property.Value))),
        JsonArray items => items.SelectMany(TaskForms),
        _ => [],
    };
}
