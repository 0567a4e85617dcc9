using System.Text.Json.Nodes;
using Cleiss.Engine.Incidents;
using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;

namespace Cleiss.Host.ElsaApi.Descriptors;

/// <summary>
/// What Studio may choose from: activities, types, storages, strategies. All but the activities belongs to the release, so each list is
/// written once and sent as bytes.
/// </summary>
public sealed class DescriptorEndpoints(Palette palette) : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/elsa/api/descriptors/activities", async (HttpContext http, CancellationToken cancellationToken) =>
            (await palette.CurrentAsync(cancellationToken)).Sent.AnswerTo(http.Request)).RequirePermission(Permission.DefinitionsRead);
        Serve(routes, "/elsa/api/descriptors/expression-descriptors", new(() => SentOnce.List(DescriptorLists.Expressions)));
        Serve(routes, "/elsa/api/descriptors/variables", new(() => SentOnce.List(DescriptorLists.VariableTypes)));
        Serve(routes, "/elsa/api/descriptors/storage-drivers", new(() => SentOnce.List(DescriptorLists.StorageDrivers)));
        Serve(routes, "/elsa/api/descriptors/workflow-activation-strategies", new(() => SentOnce.List(DescriptorLists.ActivationStrategies)));
        Serve(routes, "/elsa/api/descriptors/incident-strategies", new(() => SentOnce.List(DescriptorLists.IncidentStrategies)));
        Serve(routes, "/elsa/api/descriptors/log-persistence-strategies", new(() => SentOnce.List(DescriptorLists.LogPersistence)));
        // A burst is one commit here, whatever the definition: there is nothing to choose.
        Serve(routes, "/elsa/api/descriptors/commit-strategies/workflows", new(() => SentOnce.List([])));
        Serve(routes, "/elsa/api/descriptors/commit-strategies/activities", new(() => SentOnce.List([])));
        Serve(routes, "/elsa/api/descriptors/output-converters", new(() => SentOnce.List([])));
        Serve(routes, "/elsa/api/workflow-contexts/provider-descriptors", new(() => SentOnce.List([])));
        Serve(routes, "/elsa/api/resilience/strategies", new(() => SentOnce.List(RetryStrategies.All.Select(DescriptorLists.Retry))));
        Serve(routes, "/elsa/api/features/installed", new(() => SentOnce.List(DescriptorLists.Features)));
        Serve(routes, "/elsa/api/package/version", new(() => SentOnce.Of(new JsonObject { ["packageVersion"] = DescriptorLists.StudioVersion })));
        routes.MapGet("/elsa/api/descriptors/activities/{typeName}", ActivityAsync).RequirePermission(Permission.DefinitionsRead);
        routes.MapGet("/elsa/api/features/installed/{fullName}", Feature).RequirePermission(Permission.DefinitionsRead);
    }

    private static void Serve(IEndpointRouteBuilder routes, string path, Lazy<SentOnce> content) =>
        routes.MapGet(path, (HttpContext http) => content.Value.AnswerTo(http.Request)).RequirePermission(Permission.DefinitionsRead);

    private async Task<IResult> ActivityAsync(string typeName, int? version, CancellationToken cancellationToken) =>
        (await palette.CurrentAsync(cancellationToken)).Find(typeName, version) is { } found ? Results.Ok(found) : Results.NotFound();

    private static IResult Feature(string fullName) =>
        DescriptorLists.Features.FirstOrDefault(feature => feature["fullName"]!.GetValue<string>() == fullName) is { } found
            ? Results.Ok(found.DeepClone())
            : Results.NotFound();
}
