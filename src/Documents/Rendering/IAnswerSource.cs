using System.Text.Json.Nodes;

namespace Cleiss.Documents.Rendering;

/// <summary>Port to what people filled in; documents load it by id, so that personal data never travels through workflow state.</summary>
public interface IAnswerSource
{
    /// <summary>
    /// The answer ready to print: <c>titleFr, titlePartner, code, partnerCode, legalBasisFr, legalBasisPartner, agreementFr, agreementPartner,
    /// sections[{number, titleFr, titlePartner, rows[{number, labelFr, labelPartner, valueFr, valuePartner}],
    /// tables[{titleFr, titlePartner, columns[{fr, partner}], rows[[{fr, partner}]]}]}]</c>, and <c>data</c>, the answer as recorded, for templates made for one form. Null when there is no such answer.
    /// </summary>
    Task<JsonObject?> FindAsync(string answerId, string language, CancellationToken cancellationToken);

    /// <summary>What a document says of its case: <c>reference, partnerReference, institution{name, address[], country}, test</c>; null when unknown.</summary>
    Task<JsonObject?> FindCaseAsync(string caseId, CancellationToken cancellationToken);

    /// <summary>What a mail may quote of an answer: its fields by key as recorded, without NIR and other secret identifiers. Null when there is no such answer.</summary>
    Task<JsonObject?> FindQuotableAsync(string answerId, CancellationToken cancellationToken);

    /// <summary>The file in a field of the newest answer of the case that has one, with the name it came under; null when none has.</summary>
    Task<(string FileId, string Name)?> FindFileAsync(string caseId, string field, CancellationToken cancellationToken);

    /// <summary>The text of a field in the newest answer of the case that has one; null when none has.</summary>
    Task<string?> FindTextAsync(string caseId, string field, CancellationToken cancellationToken);
}
