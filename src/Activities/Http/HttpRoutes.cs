using Cleiss.Engine.Triggers;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Npgsql;

namespace Cleiss.Activities.Http;

/// <summary>Finds the addresses of flows that a request's path fits, the most exact one first.</summary>
public sealed class HttpRoutes(ITriggerStore triggers, NpgsqlDataSource database, TimeProvider time)
{
    /// <exception cref="FormatException">Not a route.</exception>
    internal static void Check(string template)
    {
        try
        {
            TemplateParser.Parse(template);
        }
        catch (ArgumentException e)
        {
            throw new FormatException($"the path « {template} » cannot be read: {e.Message}", e);
        }
    }

    internal async Task<IReadOnlyList<(string Template, RouteValueDictionary Values)>> MatchAsync(string path, CancellationToken cancellationToken)
    {
        // A path without parameters needs no table: its hash is looked up.
        var matches = new List<(string Template, RouteValueDictionary Values)> { (path, []) };
        foreach (var template in (await TemplatesAsync(cancellationToken)).OrderBy(Parameters).ThenByDescending(template => template.Length))
        {
            var parsed = TemplateParser.Parse(template);
            var values = new RouteValueDictionary();
            var defaults = new RouteValueDictionary(parsed.Parameters.Where(p => p.DefaultValue is not null).ToDictionary(p => p.Name!, p => p.DefaultValue));
            if (new TemplateMatcher(parsed, defaults).TryMatch("/" + path, values))
            {
                matches.Add((template, values));
            }
        }

        return matches;
    }

    private static int Parameters(string template) => template.Count(c => c == '{');

    private async Task<HashSet<string>> TemplatesAsync(CancellationToken cancellationToken)
    {
        var templates = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var trigger in await triggers.FindByNameAsync(HttpEndpoint.BookmarkName, time.GetUtcNow(), cancellationToken))
        {
            if (trigger.Payload is { } payload && HttpListenerRules.Read(payload).Template is { } template && Parameters(template) > 0)
            {
                templates.Add(template);
            }
        }

        await using var command = database.CreateCommand("select template from http_routes");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            templates.Add(reader.GetString(0));
        }

        return templates;
    }
}
