using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.FieldTypes;

/// <summary>A period of insurance: <c>du</c>, <c>au</c> and <c>nature</c> (worked, assimilated…), with what else the scheme certifies.</summary>
public sealed class InsurancePeriod : BlockField
{
    public override string Name => "insurance-period";

    public override string FrenchName => "Période d'assurance";

    protected override IReadOnlyList<string> Parts { get; } = ["du", "au", "nature"];

    protected override FieldFault? Judge(FormField field, JsonObject block) => EndBeforeStart(block);
}
