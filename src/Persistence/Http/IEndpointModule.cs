using Microsoft.AspNetCore.Routing;

namespace Cleiss.Persistence.Http;

/// <summary>
/// The HTTP routes of one subject. The host finds every implementation in the product's assemblies and creates it by dependency injection
/// once. Each route says who may use it: <c>RequirePermission</c> or <c>AllowEveryone</c>; without either it answers nobody.
/// </summary>
public interface IEndpointModule
{
    void Map(IEndpointRouteBuilder routes);
}
