using Microsoft.Extensions.DependencyInjection;

namespace Cleiss.Workflows.Hosting;

/// <summary>Registers what a process brings beside its definition and forms. Found by scan, one class per process folder, with no constructor parameters.</summary>
public interface IProcessModule
{
    void Register(IServiceCollection services);
}
