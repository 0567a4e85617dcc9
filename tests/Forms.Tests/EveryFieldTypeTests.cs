using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Microsoft.AspNetCore.Components;

namespace Cleiss.Forms.Tests;

/// <summary>A new field type is complete when these pass.</summary>
public sealed class EveryFieldTypeTests
{
    private static readonly FormChoice[] Choices = [new("a", new Bilingual("A", "A")), new("b", new Bilingual("B", "B"))];

    public static TheoryData<string> Names => [.. new FieldTypeRegistry().All.Select(type => type.Name)];

    private static FieldType Type(string name) => new FieldTypeRegistry().Find(name, null)!;

    private static FormField Field(FieldType type) =>
        new() { Id = "c", Key = "v", Type = type, Label = new Bilingual("Champ", "Câmp"), Choices = type.HasChoices ? Choices : [] };

    [Theory]
    [MemberData(nameof(Names))]
    public void Metadata_IsComplete(string name)
    {
        var type = Type(name);
        Assert.Matches("^[a-z][a-z-]*$", type.Name);
        Assert.False(string.IsNullOrWhiteSpace(type.FrenchName), "a French name for the palette");
        Assert.Contains(type.FormJsType, new[] { "textfield", "textarea", "number", "datetime", "checkbox", "radio", "select", "checklist", "filepicker", "text", "group", "dynamiclist", "expression" });
        Assert.True(type.View.IsAssignableTo(typeof(IComponent)), $"{type.View} must be a Razor component");
        Assert.NotNull(type.View.GetProperty("Context"));
        Assert.True(type.Shape != FieldShape.Value || type.Example is not null, "an example that is valid");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_IsValidAndKeepsItsFormThroughReadingAndPosting(string name)
    {
        var type = Type(name);
        if (type.Shape != FieldShape.Value || type is YesNo or Computed)
        {
            return;
        }

        var field = Field(type);
        var reading = type.Read(field, type.Example!.DeepClone());
        Assert.Null(reading.Fault);
        Assert.True(JsonNode.DeepEquals(type.Example, reading.Value), "the example is normalised");
        string[] posted = type.Example is JsonArray many ? [.. many.Select(item => item!.GetValue<string>())] : [type.ToInput(type.Example)];
        var again = type.Read(field, type.FromPosted(field, posted)!);
        Assert.True(JsonNode.DeepEquals(reading.Value, again.Value), "what the input shows reads back");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void AnyJson_GetsAnAnswer(string name)
    {
        var type = Type(name);
        if (type.Shape != FieldShape.Value)
        {
            return;
        }

        foreach (var json in new[] { "0", "-1e300", "true", "\"\"", "\"x\"", "[]", "[1]", "{}", "{\"id\":3}", "\"2A\"", "1.5" })
        {
            var value = JsonNode.Parse(json)!;
            Assert.NotNull(type.Read(Field(type), value));
            Assert.NotNull(type.Print(Field(type), value, "ro").Fr);
            Assert.NotNull(type.Mask(Field(type), value));
            Assert.NotNull(type.ToInput(value));
        }
    }

    [Fact]
    public void PersonalNumbers_AreMaskedButPrintedInFull()
    {
        foreach (var type in new FieldType[] { new Nir(), new Idnp(), new Iban(), new ForeignId() })
        {
            var field = Field(type);
            Assert.Contains("•", type.Mask(field, type.Example), StringComparison.Ordinal);
            Assert.DoesNotContain("•", type.Print(field, type.Example, "ro").Fr, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Countries_HaveCommaBelowInRomanian()
    {
        Assert.Equal("Franța", Countries.Find("fr")!.Name.Partner);
        Assert.Equal("MD", Countries.Find("moldavie")!.Code);
        Assert.DoesNotContain(Countries.All, country => country.Name.Partner!.IndexOfAny(['ş', 'ţ', 'Ş', 'Ţ']) >= 0);
        Assert.True(Countries.All.Count > 190);
    }
}
