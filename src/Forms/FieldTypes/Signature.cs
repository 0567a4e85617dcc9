namespace Cleiss.Forms.FieldTypes;

/// <summary>Who signs, where and when: <c>faitA</c>, <c>faitLe</c>, often <c>nom</c> and <c>qualite</c>. Documents print a box for the hand and the stamp.</summary>
public sealed class Signature : BlockField
{
    public override string Name => "signature";

    public override string FrenchName => "Signature";

    protected override IReadOnlyList<string> Parts { get; } = ["faitA", "faitLe"];
}
