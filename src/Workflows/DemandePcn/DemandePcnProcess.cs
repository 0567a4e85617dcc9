using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;

namespace Cleiss.Workflows.DemandePcn;

/// <summary>
/// A question put to the national contact point for cross-border care (directive 2011/24/EU, article 6): answered within eight working days,
/// after asking for what is missing, with one reminder.
/// </summary>
public sealed class DemandePcnProcess : IProcess
{
    public const string ProcessKey = "demande-pcn";

    private static readonly Dictionary<string, string> Subjects = new(StringComparer.Ordinal)
    {
        ["soins-programmes"] = "Soins programmés à l'étranger",
        ["soins-inopines"] = "Soins imprévus pendant un séjour",
        ["remboursement"] = "Remboursement de soins reçus à l'étranger",
        ["venue-en-france"] = "Se faire soigner en France",
    };

    public string Key => ProcessKey;

    public string Title => "Demande au point de contact national";

    public string ReferencePrefix => "PCN";

    public string StartForm => "ouverture-demande-pcn";

    public IReadOnlyList<string> Roles { get; } = [Role.Agent];

    public Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var subject = Subjects.GetValueOrDefault(data["sujet"]?.GetValue<string>() ?? "", "Question sur les soins à l'étranger");
        return Task.FromResult(new CaseOpening(
            subject, new JsonObject { ["subject"] = subject }, LastName: data["nom"]?.GetValue<string>(),
            Facts: new Dictionary<string, string> { ["sujet"] = subject }));
    }
}
