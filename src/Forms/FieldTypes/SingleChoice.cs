using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>One value of a list, drawn as a drop-down.</summary>
public sealed class SingleChoice : ChoiceField
{
    public override string Name => "choice";

    public override string FormJsType => "select";

    public override string FrenchName => "Choix dans une liste";

    public override Type View => typeof(SelectInput);
}

/// <summary>One value of a short list, drawn as radio buttons.</summary>
public sealed class RadioChoice : ChoiceField
{
    public override string Name => "radio";

    public override string FormJsType => "radio";

    public override string FrenchName => "Choix visible d'un coup d'œil";

    public override Type View => typeof(RadioInput);
}

public abstract class ChoiceField : FieldType
{
    public override bool IsPlain => true;

    public override bool HasChoices => true;

    public override JsonNode? Example => "a";

    public override FieldReading Read(FormField field, JsonNode value) =>
        value is JsonValue scalar && scalar.TryGetValue(out string? text) && field.Choices.Any(choice => choice.Value == text)
            ? FieldReading.Of(text)
            : FieldReading.Wrong("choice", "Choisissez une des réponses proposées.", "Alegeți unul dintre răspunsurile propuse.");

    public override Bilingual Print(FormField field, JsonNode? value, string partnerLanguage)
    {
        var text = ToInput(value);
        return field.Choices.FirstOrDefault(choice => choice.Value == text)?.Label ?? new Bilingual(text, text);
    }
}
