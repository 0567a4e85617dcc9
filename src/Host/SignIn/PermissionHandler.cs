using Cleiss.Persistence.Http;
using Cleiss.Persistence.People;
using Microsoft.AspNetCore.Authorization;

namespace Cleiss.Host.SignIn;

internal sealed class PermissionHandler : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, PermissionRequirement requirement)
    {
        if (Actor.From(context.User) is { } actor && requirement.AnyOf.Any(actor.Has))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
