using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>Any number of values of a list, kept in the list's order.</summary>
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
        foreach (var item in array)
        {
            if (item is not JsonValue scalar || !scalar.TryGetValue(out string? text) || !field.Choices.Any(choice => choice.Value == text))
            {
                return Wrong();
            }

            given.Add(text);
        }

        return new FieldReading(new JsonArray([.. field.Choices.Where(choice => given.Contains(choice.Value)).Select(choice => JsonValue.Create(choice.Value))]));
    }

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted) =>
        new JsonArray([.. posted.Where(text => text.Length > 0).Select(text => JsonValue.Create(text))]);

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var labels = (value as JsonArray ?? []).Select(item => ToInput(item))
            .Select(text => field.Choices.FirstOrDefault(choice => choice.Value == text)?.Label ?? new Bilingual(text, text)).ToList();
        return new Bilingual(string.Join(" ; ", labels.Select(label => label.Fr)), string.Join("; ", labels.Select(label => label.Partner ?? label.Fr)));
    }

    private static FieldReading Wrong() => FieldReading.Wrong("choices", "Cochez seulement des réponses proposées.", "Bifați numai răspunsuri propuse.");
}
