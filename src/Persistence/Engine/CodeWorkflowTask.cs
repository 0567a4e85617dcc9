using Cleiss.Engine.CodeFirst;
using Cleiss.Persistence.Startup;

namespace Cleiss.Persistence.Engine;

/// <summary>Publishes the workflows written in C# before the host takes work.</summary>
internal sealed class CodeWorkflowTask(CodeWorkflowPublisher publisher) : IStartupTask
{
    public int Order => 500;

    public string Title => "Procédures écrites en C#";

    public Task RunAsync(CancellationToken cancellationToken) => publisher.PublishAsync(cancellationToken);
}
