using Cleiss.Forms.Definitions;

namespace Cleiss.Web.Words;

/// <summary>Forms as screens name them: « SE 151-08 Attestation des périodes d'assurance ».</summary>
internal static class FormWords
{
    public static string Title(FormDefinition form) => $"{form.Code} {form.Title.Fr}".Trim();
}
