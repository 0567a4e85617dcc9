namespace Cleiss.Forms.FieldTypes;

/// <summary>One value of a list, drawn as a drop-down.</summary>
public sealed class SingleChoice : ChoiceField
{
    public override string Name => "choice";

    public override string FormJsType => "select";

    public override string FrenchName => "Choix dans une liste";

    public override Type View => typeof(SelectInput);
}
