using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.SignalR;

namespace Cleiss.Host.ElsaApi.Live;

/// <summary>What the server calls; the names are Elsa's.</summary>
public interface IWorkflowInstanceClient
{
    /// <summary>The viewer fetches the instance again.</summary>
    Task WorkflowInstanceUpdatedAsync(WorkflowInstanceUpdated message);

    /// <summary>The viewer fetches the journal again.</summary>
    Task WorkflowExecutionLogUpdatedAsync(WorkflowExecutionLogUpdated message);

    /// <summary>The viewer shows these badges.</summary>
    Task ActivityExecutionLogUpdatedAsync(ActivityExecutionLogUpdated message);
}

public sealed record WorkflowInstanceUpdated(string WorkflowInstanceId);

public sealed record WorkflowExecutionLogUpdated;

public sealed record ActivityExecutionLogUpdated(IReadOnlyList<System.Text.Json.Nodes.JsonObject> Stats);

/// <summary>Where Studio's viewer says which instance it shows; it then hears of every change, whichever host made it.</summary>
public sealed class WorkflowInstanceHub(Viewers viewers, InstanceChanges changes) : Hub<IWorkflowInstanceClient>
{
    public async Task ObserveInstanceAsync(string instanceId)
    {
        if (string.IsNullOrEmpty(instanceId) || instanceId.Contains('\0', StringComparison.Ordinal) || !viewers.TryAdd(Context.ConnectionId, instanceId))
        {
            return;
        }

        await Groups.AddToGroupAsync(Context.ConnectionId, instanceId, Context.ConnectionAborted);
        // What changed between the page's first look and this moment.
        changes.Add(instanceId);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        viewers.Remove(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}

public sealed class WorkflowInstanceHubEndpoint : IEndpointModule
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapHub<WorkflowInstanceHub>("/elsa/hubs/workflow-instance", connection => connection.CloseOnAuthenticationExpiration = true)
            .RequirePermission(Permission.DefinitionsRead);
}
