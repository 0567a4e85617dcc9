using System.Text.Json.Nodes;
using Cleiss.Activities.Cases;
using Cleiss.Persistence.People;
using Cleiss.Workflows.Referentiels;

namespace Cleiss.Workflows.EnvoiGroupe;

/// <summary>Sends an envelope: covering note, one mail with everything, and every case in it goes on to wait for its reply.</summary>
public sealed class EnvoiGroupeProcess(EnvelopeStore envelopes, ReferenceData reference) : IProcess
{
    public const string ProcessKey = "envoi-groupe";

    public const string EnvelopeField = "enveloppe";

    public string Key => ProcessKey;

    public string Title => "Envoi groupé";

    public string ReferencePrefix => "ENV";

    public string StartForm => "ouverture-envoi-groupe";

    public IReadOnlyList<string> Roles { get; } = [Role.Agent, Role.Juriste];

    public bool OpenedFromItsOwnPage => true;

    public async Task CheckReferencesAsync(JsonObject data, CancellationToken cancellationToken)
    {
        var id = data[EnvelopeField] is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";
        if (await envelopes.FindAsync(id, cancellationToken) is not { } envelope)
        {
            throw new CaseRefusedException(422, "unknown-envelope", "Cette enveloppe n'existe pas. Ouvrez la page Enveloppes et choisissez-en une.");
        }

        if (envelope.CaseReference is { } sent)
        {
            throw new CaseRefusedException(409, "envelope-already-sent", $"Cette enveloppe est déjà partie avec l'envoi {sent}. Rien n'est envoyé une seconde fois.");
        }
    }

    public async Task<CaseOpening> PrepareAsync(JsonObject data, bool test, DateOnly receivedOn, Actor actor, CancellationToken cancellationToken)
    {
        var id = data[EnvelopeField]!.GetValue<string>();
        var envelope = await envelopes.FindAsync(id, cancellationToken);
        if (envelope?.Test != test)
        {
            throw new CaseRefusedException(422, "envelope-series", "Une enveloppe de spécimens part comme cas d'essai, une enveloppe de vrais documents comme vrai envoi.");
        }

        if (envelope.Items.Count == 0)
        {
            throw new CaseRefusedException(409, "envelope-empty", "Cette enveloppe est vide : rien n'est à envoyer.");
        }

        await envelopes.CloseAsync(id, cancellationToken);
        var closed = (await envelopes.FindAsync(id, cancellationToken))!;
        var body = await reference.FindLiaisonBodyAsync(closed.AgreementIso, cancellationToken);
        var input = new JsonObject
        {
            ["envelopeId"] = id,
            ["agreementIso"] = closed.AgreementIso,
            ["language"] = body?.Language ?? "fr",
            ["noteAnswerId"] = EnvelopeStore.AnswerPrefix + id,
            ["documents"] = new JsonArray([.. closed.Items.Select(item => JsonValue.Create(item.DocumentId))]),
        };
        return new CaseOpening($"Envoi groupé de {closed.Items.Count} document{(closed.Items.Count > 1 ? "s" : "")} – {closed.Partner}", input, closed.AgreementIso);
    }
}
