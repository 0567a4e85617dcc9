using System.Globalization;

namespace Cleiss.Forms.Definitions;

/// <summary>A condition a field must meet: FEEL that is not false.</summary>
/// <param name="Feel">Without the leading <c>=</c>.</param>
/// <param name="Message">What to do when it is false.</param>
/// <param name="IsStop">True when it ends the matter: the person is not eligible, and no correction of the field helps.</param>
public sealed record FormRule(string Feel, Bilingual Message, bool IsStop)
{
    public string Code => IsStop ? "not-eligible" : "check";
}

/// <summary>
/// Rules of a field, read from its properties: <c>cleiss.check</c> with <c>cleiss.check.message</c> must not be false, <c>cleiss.stop.when</c> with
/// <c>cleiss.stop.reason</c> must not be true; further ones carry a number: <c>cleiss.check.2</c>, <c>cleiss.check.2.message</c>,
/// <c>cleiss.stop.2.when</c>…
/// </summary>
public static class FormRules
{
    private const int Most = 9;

    public static IReadOnlyList<FormRule> Read(IReadOnlyDictionary<string, string> properties)
    {
        if (!properties.Keys.Any(name => name.StartsWith("cleiss.check", StringComparison.Ordinal) || name.StartsWith("cleiss.stop", StringComparison.Ordinal)))
        {
            return [];
        }

        var rules = new List<FormRule>();
        for (var number = 1; number <= Most; number++)
        {
            var place = number == 1 ? "" : "." + number.ToString(CultureInfo.InvariantCulture);
            Add("cleiss.check" + place, $"cleiss.check{place}.message", isStop: false);
            Add($"cleiss.stop{place}.when", $"cleiss.stop{place}.reason", isStop: true);
        }

        return rules;

        void Add(string name, string message, bool isStop)
        {
            if (FormSchemaReader.Feel(properties.GetValueOrDefault(name)) is { } feel)
            {
                var french = properties.GetValueOrDefault(message) is { Length: > 0 } text ? text
                    : isStop ? "D'après cette réponse, la demande ne peut pas aboutir." : "Cette réponse ne s'accorde pas avec les autres : corrigez l'une d'elles.";
                var partner = properties.FirstOrDefault(p => p.Key.StartsWith(message + ".", StringComparison.Ordinal)).Value;
                rules.Add(new FormRule(feel, new Bilingual(french, partner), isStop));
            }
        }
    }

    /// <summary>Names of the messages that rules lack: the person would read a sentence that says nothing of this form.</summary>
    public static IEnumerable<string> MissingMessages(IReadOnlyDictionary<string, string> properties) =>
        from number in Enumerable.Range(1, Most)
        let place = number == 1 ? "" : "." + number.ToString(CultureInfo.InvariantCulture)
        from rule in new[] { (Name: "cleiss.check" + place, Message: $"cleiss.check{place}.message"), (Name: $"cleiss.stop{place}.when", Message: $"cleiss.stop{place}.reason") }
        where FormSchemaReader.Feel(properties.GetValueOrDefault(rule.Name)) is not null && string.IsNullOrWhiteSpace(properties.GetValueOrDefault(rule.Message))
        select rule.Message;

    /// <summary>Names of the messages that need both languages.</summary>
    public static IEnumerable<string> MessageNames(IReadOnlyDictionary<string, string> properties) =>
        properties.Keys.Where(name => name.StartsWith("cleiss.check", StringComparison.Ordinal) && name.EndsWith(".message", StringComparison.Ordinal))
            .Concat(properties.Keys.Where(name => name.StartsWith("cleiss.stop", StringComparison.Ordinal) && name.EndsWith(".reason", StringComparison.Ordinal)));
}
