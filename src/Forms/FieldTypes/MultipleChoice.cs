using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Any number of values of a list, kept in the list's order; with <c>cleiss.other</c> = <c>true</c> one answer in own words comes last.</summary>
public sealed class MultipleChoice : FieldType
{
    public override string Name => "choices";

    public override string FormJsType => "checklist";

    public override string FrenchName => "Choix multiples";

    public override bool IsPlain => true;

    public override Type View => typeof(ChecklistInput);

    public override bool HasChoices => true;

    public override JsonNode? EmptyValue => new JsonArray();

    public override JsonNode? Example => new JsonArray("a", "b");

    public override FieldReading Read(FormField field, JsonNode value)
    {
        if (value is not JsonArray array)
        {
            return Wrong();
        }

        var given = new HashSet<string>(StringComparer.Ordinal);
        string? other = null;
        foreach (var item in array)
        {
            if (item is not JsonValue scalar || !scalar.TryGetValue(out string? text))
            {
                return Wrong();
            }

            if (field.Choices.Any(choice => choice.Value == text))
            {
                given.Add(text);
            }
            else if (other is not null || OtherAnswer.Read(field, text) is not { } reading)
            {
                return Wrong();
            }
            else if (reading.Fault is not null)
            {
                return reading;
            }
            else
            {
                other = reading.Value!.GetValue<string>();
            }
        }

        var kept = field.Choices.Where(choice => given.Contains(choice.Value)).Select(choice => choice.Value);
        return new FieldReading(new JsonArray([.. (other is null ? kept : kept.Append(other)).Select(text => JsonValue.Create(text))]));
    }

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted)
    {
        var ticked = OtherAnswer.IsAllowed(field) && posted.Count > 0
            ? posted.SkipLast(1).Where(text => text != OtherAnswer.Marker).Concat(posted.Contains(OtherAnswer.Marker, StringComparer.Ordinal) ? OtherAnswer.FromPosted(posted) : [])
            : posted;
        return new JsonArray([.. ticked.Where(text => text.Length > 0).Select(text => JsonValue.Create(text))]);
    }

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var labels = (value as JsonArray ?? []).Select(item => ToInput(item))
            .Select(text => field.Choices.FirstOrDefault(choice => choice.Value == text)?.Label ?? new Bilingual(text, text)).ToList();
        return new Bilingual(string.Join(" ; ", labels.Select(label => label.Fr)), string.Join("; ", labels.Select(label => label.Partner ?? label.Fr)));
    }

    private static FieldReading Wrong() => FieldReading.Wrong("choices", "Cochez seulement des réponses proposées.", "Bifați numai răspunsuri propuse.");
}
