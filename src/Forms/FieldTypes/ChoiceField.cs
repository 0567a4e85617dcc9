using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>One value of a list; with <c>cleiss.other</c> = <c>true</c> also an answer in one's own words (see <see cref="OtherAnswer"/>).</summary>
public abstract class ChoiceField : FieldType
{
    public override bool IsPlain => true;

    public override bool HasChoices => true;

    public override JsonNode? Example => "a";

    public override FieldReading Read(FormField field, JsonNode value)
    {
        if (value is JsonValue scalar && scalar.TryGetValue(out string? text))
        {
            return field.Choices.Any(choice => choice.Value == text) ? FieldReading.Of(text) : OtherAnswer.Read(field, text) ?? Wrong();
        }

        return Wrong();
    }

    public override JsonNode? FromPosted(FormField field, IReadOnlyList<string> posted) => JsonValue.Create(OtherAnswer.FromPosted(posted).FirstOrDefault());

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var text = ToInput(value);
        return field.Choices.FirstOrDefault(choice => choice.Value == text)?.Label ?? new Bilingual(text, text);
    }

    private static FieldReading Wrong() =>
        FieldReading.Wrong("choice", "Choisissez une des réponses proposées.", "Alegeți unul dintre răspunsurile propuse.");
}
