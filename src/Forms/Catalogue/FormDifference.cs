using System.Text.Json.Nodes;
using Cleiss.Forms.Definitions;

namespace Cleiss.Forms.Catalogue;

/// <summary>
/// What changed from one version of a form to another, in sentences. Fields are recognised by their component id, which the designer never
/// changes, else by kind and key: a form that was written anew elsewhere and imported is still compared field by field.
/// </summary>
public static class FormDifference
{
    public static IReadOnlyList<FormChange> Between(FormDefinition before, FormDefinition after)
    {
        var changes = new List<FormChange>();
        AddForm(before, after, changes);
        var (old, now) = (Places(before), Places(after));
        var pairs = Match(old, now);
        var known = pairs.Values.ToHashSet();
        foreach (var gone in old.Where(place => !known.Contains(place)))
        {
            changes.Add(new FormChange(FormChangeKind.Removed, $"{Name(gone.Field)} ({gone.Field.Type.FrenchName}) est retiré{From(gone.Parent)}.", gone.Field.Id));
        }

        foreach (var place in now)
        {
            if (pairs.GetValueOrDefault(place) is { } twin)
            {
                new FieldDifference(twin.Field, place.Field, after.PartnerLanguage, changes).Add();
                AddMove(twin, place, pairs, changes);
            }
            else
            {
                changes.Add(new FormChange(FormChangeKind.Added, $"{Name(place.Field)} ({place.Field.Type.FrenchName}) est ajouté{Into(place.Parent)}.", place.Field.Id));
            }
        }

        AddOrder(now, pairs, changes);
        if (!JsonNode.DeepEquals(before.Sample, after.Sample))
        {
            changes.Add(new FormChange(FormChangeKind.Sample, "Les données d'exemple ont changé."));
        }

        return changes;
    }

    internal static string Name(FormField field) => $"« {(field.Label.Fr.Length > 0 ? Short(field.Label.Fr) : field.Key.Length > 0 ? field.Key : field.Type.FrenchName)} »";

    internal static string Short(string text) => text.Length <= 80 ? text : text[..79] + "…";

    private static void AddForm(FormDefinition before, FormDefinition after, List<FormChange> changes)
    {
        Add("Le titre", before.Title.Fr, after.Title.Fr);
        Add("Le titre traduit", before.Title.Partner, after.Title.Partner);
        Add("Le code officiel", before.Code, after.Code);
        Add("Le code du partenaire", before.PartnerCode, after.PartnerCode);
        Add("La langue du partenaire", Language(before.PartnerLanguage), Language(after.PartnerLanguage));
        Add("La famille", before.Family, after.Family);
        Add("La base légale", before.LegalBasis?.Fr, after.LegalBasis?.Fr);
        Add("La base légale traduite", before.LegalBasis?.Partner, after.LegalBasis?.Partner);
        Add("Ce que le flux peut lire", string.Join(", ", before.VisibleToFlow), string.Join(", ", after.VisibleToFlow));

        void Add(string what, string? old, string? now)
        {
            if (!string.Equals(old ?? "", now ?? "", StringComparison.Ordinal))
            {
                changes.Add(new FormChange(FormChangeKind.Form, Words(what, old, now)));
            }
        }
    }

    /// <summary>« X passe de « a » à « b ». », « X est maintenant « b ». » or « X est supprimé… ».</summary>
    internal static string Words(string what, string? old, string? now) =>
        string.IsNullOrEmpty(old) ? $"{what} : « {Short(now ?? "")} », rien auparavant."
        : string.IsNullOrEmpty(now) ? $"{what} : plus rien, « {Short(old)} » auparavant."
        : $"{what} passe de « {Short(old)} » à « {Short(now)} ».";

    private static string? Language(string? code) => code is null ? null : PartnerLanguages.NameOf(code);

    private static List<Place> Places(FormDefinition form)
    {
        var places = new List<Place>();
        Visit(form.Fields, null);
        return places;

        void Visit(IReadOnlyList<FormField> fields, Place? parent)
        {
            for (var i = 0; i < fields.Count; i++)
            {
                var place = new Place(fields[i], parent, i);
                places.Add(place);
                Visit(fields[i].Children, place);
            }
        }
    }

    private static Dictionary<Place, Place> Match(List<Place> old, List<Place> now)
    {
        var pairs = new Dictionary<Place, Place>();
        var free = old.ToList();
        Take(place => place.Field.Id);
        Take(place => place.Field.Key.Length == 0 ? null : $"{place.Field.Type.Name} {place.Path}");
        return pairs;

        void Take(Func<Place, string?> name)
        {
            foreach (var place in now.Where(place => !pairs.ContainsKey(place)))
            {
                if (name(place) is { } wanted && free.Find(candidate => name(candidate) == wanted) is { } twin)
                {
                    pairs[place] = twin;
                    free.Remove(twin);
                }
            }
        }
    }

    private static void AddMove(Place old, Place now, Dictionary<Place, Place> pairs, List<FormChange> changes)
    {
        if (HasMoved(old, now, pairs))
        {
            changes.Add(new FormChange(FormChangeKind.Moved, $"{Name(now.Field)} passe {Where(old.Parent)} {To(now.Parent)}.", now.Field.Id));
        }
    }

    private static bool HasMoved(Place old, Place now, Dictionary<Place, Place> pairs) =>
        now.Parent is null ? old.Parent is not null : pairs.GetValueOrDefault(now.Parent) != old.Parent || old.Parent is null;

    // Only what does not stand in the longest run that kept its order is told to have moved.
    private static void AddOrder(List<Place> now, Dictionary<Place, Place> pairs, List<FormChange> changes)
    {
        foreach (var level in now.Where(place => pairs.TryGetValue(place, out var twin) && !HasMoved(twin, place, pairs)).GroupBy(place => place.Parent))
        {
            var stayed = level.ToList();
            var ranks = stayed.Select(place => pairs[place].Index).ToList();
            var kept = LongestRise(ranks);
            for (var i = 0; i < stayed.Count; i++)
            {
                if (!kept.Contains(i))
                {
                    changes.Add(new FormChange(FormChangeKind.Moved, $"{Name(stayed[i].Field)} change de place{(stayed[i].Parent is { } parent ? $" dans {Name(parent.Field)}" : "")}.", stayed[i].Field.Id));
                }
            }
        }
    }

    private static HashSet<int> LongestRise(List<int> ranks)
    {
        var lengths = new int[ranks.Count];
        var before = new int[ranks.Count];
        var best = -1;
        for (var i = 0; i < ranks.Count; i++)
        {
            (lengths[i], before[i]) = (1, -1);
            for (var j = 0; j < i; j++)
            {
                if (ranks[j] < ranks[i] && lengths[j] + 1 > lengths[i])
                {
                    (lengths[i], before[i]) = (lengths[j] + 1, j);
                }
            }

            best = best < 0 || lengths[i] > lengths[best] ? i : best;
        }

        var kept = new HashSet<int>();
        for (var i = best; i >= 0; i = before[i])
        {
            kept.Add(i);
        }

        return kept;
    }

    private static string From(Place? parent) => parent is null ? "" : $" de {Name(parent.Field)}";

    private static string Into(Place? parent) => parent is null ? "" : $" dans {Name(parent.Field)}";

    private static string Where(Place? parent) => parent is null ? "du premier niveau du formulaire" : $"de {Name(parent.Field)}";

    private static string To(Place? parent) => parent is null ? "au premier niveau du formulaire" : $"dans {Name(parent.Field)}";

    // A class, not a record: two fields of the same content are still two.
    private sealed class Place(FormField shown, Place? parent, int index)
    {
        public FormField Field => shown;

        public Place? Parent => parent;

        public int Index => index;

        public string Path => parent is null ? shown.Key : $"{parent.Path}.{shown.Key}";
    }
}
