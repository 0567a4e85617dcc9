using System.Text;

namespace Cleiss.Persistence;

internal static class SnakeCase
{
    /// <summary><c>CaseId</c> → <c>case_id</c>, <c>Sha256</c> → <c>sha256</c>, <c>PDFStandard</c> → <c>pdf_standard</c>.</summary>
    public static string Of(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            var startsWord = char.IsUpper(name[i]) && i > 0
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && name[i - 1] != '_')
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
