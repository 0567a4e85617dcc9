using System.Text.Json.Nodes;

namespace Cleiss.Host.ElsaApi.Definitions;

/// <summary>
/// The links by which Studio knows what a person may do: without <c>publish</c> a definition is shown read-only, without
/// <c>bulk-publish</c> the whole list is.
/// </summary>
internal static class DefinitionLinks
{
    private const string Base = "/elsa/api/workflow-definitions";
    private const string Bulk = "/elsa/api/bulk-actions";

    public static JsonArray OfDefinition(string definitionId, bool mayWrite)
    {
        var path = $"{Base}/{Uri.EscapeDataString(definitionId)}";
        var links = new JsonArray(
            Link("self", "GET", $"{Base}/by-definition-id/{Uri.EscapeDataString(definitionId)}"),
            Link("export", "GET", path + "/export"));
        if (mayWrite)
        {
            links.Add(Link("execute", "POST", path + "/execute"));
            links.Add(Link("bulk-dispatch", "POST", path + "/bulk-dispatch"));
            links.Add(Link("publish", "POST", path + "/publish"));
            links.Add(Link("retract", "POST", path + "/retract"));
            links.Add(Link("delete", "DELETE", path));
            links.Add(Link("import", "PUT", path + "/import"));
        }

        return links;
    }

    public static JsonArray OfList(bool mayWrite)
    {
        var links = new JsonArray(Link("self", "GET", Base));
        if (mayWrite)
        {
            links.Add(Link("bulk-delete-by-definition-id", "POST", Bulk + "/delete/workflow-definitions/by-definition-id"));
            links.Add(Link("bulk-delete-by-id", "POST", Bulk + "/delete/workflow-definitions/by-id"));
            links.Add(Link("bulk-publish", "POST", Bulk + "/publish/workflow-definitions/by-definition-ids"));
            links.Add(Link("bulk-retract", "POST", Bulk + "/retract/workflow-definitions/by-definition-ids"));
            links.Add(Link("import", "POST", Base + "/import"));
            links.Add(Link("create", "POST", Base));
        }

        return links;
    }

    private static JsonObject Link(string rel, string method, string href) => new() { ["href"] = href, ["rel"] = rel, ["method"] = method };
}
