using System.Collections.Concurrent;
using System.Reflection;
using Cleiss.Engine.Activities;

namespace Cleiss.Engine.Execution;

/// <summary>
/// Finds an activity's method by the name that the stored state holds. A renamed callback would strand waiting instances, hence the loud
/// message; <c>EveryActivityTests</c> keep a list of the names in use.
/// </summary>
internal static class ActivityCallbacks
{
    private const BindingFlags Methods = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly ConcurrentDictionary<(Type, string), Func<Activity, Delegate>> Cache = [];

    public static ActivityCompletionCallback Completion(Activity activity, string name) => Bind<ActivityCompletionCallback>(activity, name);

    public static ExecuteActivityDelegate Resume(Activity activity, string name) => Bind<ExecuteActivityDelegate>(activity, name);

    /// <summary>True when a stored name still names a method.</summary>
    public static bool Knows(Activity activity, string name) =>
        name == nameof(ActivityExecutionContext.CompleteActivityAsync) || Find(activity.GetType(), name) is not null;

    private static T Bind<T>(Activity activity, string name)
        where T : Delegate =>
        (T)Cache.GetOrAdd((activity.GetType(), name), static key =>
        {
            var method = Find(key.Item1, key.Item2)
                ?? throw new InvalidOperationException(
                    $"Activity type {key.Item1.FullName} has no method {key.Item2}; instances stored earlier wait for it. Keep the method, or forward it.");
            return target => method.IsStatic ? method.CreateDelegate<T>() : method.CreateDelegate<T>(target);
        })(activity);

    private static MethodInfo? Find(Type? type, string name)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.GetMethod(name, Methods | BindingFlags.DeclaredOnly) is { } method)
            {
                return method;
            }
        }

        return null;
    }
}
