using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;

namespace Cleiss.Workflows.Traductions.Activities;

/// <summary>Takes the document's fingerprint, looks for the same document translated before, and counts words.</summary>
[Activity("Cleiss", "Traductions", "Prend l'empreinte du document, cherche un doublon et compte les mots.", DisplayName = "Examiner la demande", Kind = ActivityKind.Task)]
[FlowNode(New, Duplicate, Certification)]
public sealed class ExamineTranslation : Activity
{
    public const string New = "Nouvelle";
    public const string Duplicate = "Doublon";
    public const string Certification = "Certification";

    [Output(DisplayName = "Mots", Description = "Nombre de mots du document ; 0 quand il faut les compter.")]
    public Output<int>? Words { get; set; }

    [Output(DisplayName = "Constat", Description = "Une phrase pour la personne qui décide.")]
    public Output<string>? Finding { get; set; }

    [Output(DisplayName = "Page de certification", Description = "À donner comme réponse au document « page de certification ».")]
    public Output<string>? CertificateData { get; set; }

    [Output(DisplayName = "Traduction existante", Description = "Fichier de la traduction du doublon, en liste.")]
    public Output<string[]>? ExistingTranslation { get; set; }

    protected override void Execute(ActivityExecutionContext context)
    {
        var caseId = context.WorkflowExecutionContext.CorrelationId;
        context.Set(CertificateData, TranslationPrints.CertificatePrefix + caseId);
        var bookmark = context.CreateBookmark(new CreateBookmarkArgs("Cleiss.ExamineTranslation", Callback: OnExaminedAsync));
        context.AddEffect(ExamineTranslationHandler.EffectKind, new JsonObject { ["caseId"] = caseId }, bookmark);
    }

    private ValueTask OnExaminedAsync(ActivityExecutionContext context)
    {
        var found = context.ResumeInput;
        context.Set(Words, found["words"]?.GetValue<int>() ?? 0);
        context.Set(Finding, found["finding"]?.GetValue<string>() ?? "");
        context.Set(ExistingTranslation, found["existing"]?.GetValue<string>() is { } file ? [file] : []);
        return context.CompleteActivityWithOutcomesAsync(found["outcome"]!.GetValue<string>());
    }
}
