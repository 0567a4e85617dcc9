namespace Cleiss.Forms.FieldTypes;

/// <summary>One value of a short list, drawn as radio buttons.</summary>
public sealed class RadioChoice : ChoiceField
{
    public override string Name => "radio";

    public override string FormJsType => "radio";

    public override string FrenchName => "Choix visible d'un coup d'œil";

    public override Type View => typeof(RadioInput);
}
