using System.Reflection;
using System.Runtime.ExceptionServices;
using Cleiss.Engine.Storage;

namespace Cleiss.Durability.Tests.Hosts;

/// <summary>The host dies here; nothing in the product knows this exception.</summary>
internal sealed class HostDiedException : Exception
{
    public HostDiedException()
        : this("The host died.")
    {
    }

    public HostDiedException(string message)
        : base(message)
    {
    }

    public HostDiedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>When the host dies: at this commit of a burst, before it or after it, once.</summary>
internal sealed class CrashPlan(int commit, bool after)
{
    private int _commits;

    public int Commits => _commits;

    public bool Happened { get; private set; }

    public async Task AroundAsync(Func<Task> work)
    {
        var now = Interlocked.Increment(ref _commits) == commit;
        if (now && !after)
        {
            Happened = true;
            throw new HostDiedException();
        }

        await work();
        if (now)
        {
            Happened = true;
            throw new HostDiedException();
        }
    }
}

// A proxy is derived from these at run time.
#pragma warning disable CA1852

/// <summary>A store whose commits go through a <see cref="CrashPlan"/>. A proxy, so that it follows the port wherever it grows.</summary>
internal class FaultyStore : DispatchProxy
{
    private IWorkflowStore _inner = null!;
    private CrashPlan _plan = null!;

    public static IWorkflowStore Over(IWorkflowStore inner, CrashPlan plan)
    {
        var proxy = Create<IWorkflowStore, FaultyStore>();
        ((FaultyStore)(object)proxy)._inner = inner;
        ((FaultyStore)(object)proxy)._plan = plan;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        Unwrapped(targetMethod!, _inner, args) is var result && result is Task<IBurstTransaction> transaction ? WrapAsync(transaction) : result;

    internal static object? Unwrapped(MethodInfo method, object target, object?[]? args)
    {
        try
        {
            return method.Invoke(target, args);
        }
        catch (TargetInvocationException e) when (e.InnerException is { } inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
    }

    private async Task<IBurstTransaction> WrapAsync(Task<IBurstTransaction> transaction) => FaultyTransaction.Over(await transaction, _plan);
}

internal class FaultyTransaction : DispatchProxy
{
    private IBurstTransaction _inner = null!;
    private CrashPlan _plan = null!;

    public static IBurstTransaction Over(IBurstTransaction inner, CrashPlan plan)
    {
        var proxy = Create<IBurstTransaction, FaultyTransaction>();
        ((FaultyTransaction)(object)proxy)._inner = inner;
        ((FaultyTransaction)(object)proxy)._plan = plan;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == nameof(IBurstTransaction.CommitAsync)
        ? _plan.AroundAsync(() => (Task)FaultyStore.Unwrapped(targetMethod, _inner, args)!)
        : FaultyStore.Unwrapped(targetMethod, _inner, args);
}
