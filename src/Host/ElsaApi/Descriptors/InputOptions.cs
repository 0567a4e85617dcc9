using Cleiss.Documents.Templates;
using Cleiss.Engine.Definitions;
using Cleiss.Forms.Catalogue;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Host.ElsaApi.Descriptors;

/// <param name="Value">What the definition stores.</param>
/// <param name="Text">What the owner reads.</param>
internal sealed record InputOption(string Value, string Text);

/// <summary>The choices of inputs that depend on what this server holds at the moment: forms, people, roles, templates, partners.</summary>
internal sealed class InputOptions(FormStore forms, PeopleStore people, TemplateStore templates, ReferenceData reference)
{
    /// <summary>Null for an input whose choices never change.</summary>
    internal Func<CancellationToken, Task<IReadOnlyList<InputOption>>>? For(ActivityType type, string input) => (type.TypeName, input) switch
    {
        ("Elsa.UserTask" or "Cleiss.AwaitPartner", "Form") or ("Cleiss.RenderDocument", "FormKey") => FormsAsync,
        ("Elsa.UserTask", "Assignee" or "CandidateUsers" or "ExcludedUsers") => PeopleAsync,
        ("Elsa.UserTask", "CandidateGroups") => RolesAsync,
        ("Cleiss.RenderDocument" or "Cleiss.SendMail" or "Cleiss.AwaitPartner" or "Cleiss.OfferFiles", "Template") => TemplatesAsync,
        ("Cleiss.SendMail" or "Cleiss.AwaitPartner" or "Cleiss.OfferFiles", "Partner") or ("Cleiss.RenderDocument", "Series") => PartnersAsync,
        _ => null,
    };

    private async Task<IReadOnlyList<InputOption>> FormsAsync(CancellationToken cancellationToken) =>
        [.. (await forms.ListAsync(cancellationToken)).Where(form => form.PublishedVersion is not null)
            .Select(form => new InputOption(form.Key, form.Code is null ? form.Title : $"{form.Code} – {form.Title}"))
            .OrderBy(option => option.Text, StringComparer.Ordinal)];

    private async Task<IReadOnlyList<InputOption>> PeopleAsync(CancellationToken cancellationToken) =>
        [.. (await people.ListAsync(cancellationToken)).Where(person => person.Active)
            .Select(person => new InputOption(person.Id, $"{person.Name} ({person.Id})")).OrderBy(option => option.Text, StringComparer.Ordinal)];

    private async Task<IReadOnlyList<InputOption>> RolesAsync(CancellationToken cancellationToken) =>
        [.. (await people.ListRolesAsync(cancellationToken)).Order(StringComparer.Ordinal).Select(role => new InputOption(role, role))];

    private async Task<IReadOnlyList<InputOption>> TemplatesAsync(CancellationToken cancellationToken) =>
        [.. (await templates.ListAsync(cancellationToken)).Select(template => new InputOption(template, template))];

    private async Task<IReadOnlyList<InputOption>> PartnersAsync(CancellationToken cancellationToken) =>
        [.. (await reference.ListAgreementsAsync(cancellationToken)).Select(agreement => new InputOption(agreement.Iso, $"{agreement.Partner} ({agreement.Iso})"))
            .OrderBy(option => option.Text, StringComparer.Ordinal)];
}
