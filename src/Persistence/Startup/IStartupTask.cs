namespace Cleiss.Persistence.Startup;

/// <summary>
/// Work a host does after the migrations and before it listens: loading reference data, forms, definitions. Several hosts may run it at
/// once, so it is written to be repeated without harm.
/// </summary>
public interface IStartupTask
{
    /// <summary>100 people and roles, 200 reference data, 300 forms, 400 templates, 500 definitions; lower first.</summary>
    int Order { get; }

    /// <summary>What is ready afterwards, in French, for the start-up lines: « Formulaires ».</summary>
    string Title { get; }

    Task RunAsync(CancellationToken cancellationToken);
}
