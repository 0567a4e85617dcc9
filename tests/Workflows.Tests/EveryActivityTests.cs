using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Definitions;
using Cleiss.Engine.Hosting;
using Cleiss.Workflows.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cleiss.TestKit.Workflows.FlowJson;

namespace Cleiss.Workflows.Tests;

/// <summary>What every activity of the product owes to those who use it, whoever wrote it.</summary>
public sealed class EveryActivityTests
{
    private static readonly ActivityRegistry Registry = MakeRegistry();

    /// <summary>Without the placeholder for types that do not exist, which nobody places.</summary>
    public static TheoryData<string> Activities =>
        [.. Registry.All.Select(type => type.TypeName).Where(name => name != "Elsa.NotFoundActivity").Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Activities))]
    public void An_activity_speaks_French_to_its_users(string typeName)
    {
        var type = Registry.Find(typeName)!;

        Assert.False(string.IsNullOrWhiteSpace(type.Attribute.DisplayName), $"{typeName}: [Activity] needs a DisplayName in French.");
        Assert.False(string.IsNullOrWhiteSpace(type.Attribute.Category), $"{typeName}: [Activity] needs a category in French.");
        Assert.True(type.Attribute.Description is [_, .., '.'], $"{typeName}: [Activity] needs a description, one French sentence with its full stop.");
        Assert.All(type.Inputs, input => Assert.False(string.IsNullOrWhiteSpace(input.Attribute.DisplayName), $"{typeName}.{input.Name}: [Input] needs a DisplayName in French."));
        Assert.All(type.Outputs, output => Assert.False(
            string.IsNullOrWhiteSpace(output.GetCustomAttribute<OutputAttribute>()?.DisplayName), $"{typeName}.{output.Name}: [Output] needs a DisplayName in French."));
    }

    [Theory]
    [MemberData(nameof(Activities))]
    public void An_activity_reads_what_Studio_writes_into_its_inputs(string typeName)
    {
        var type = Registry.Find(typeName)!;
        var json = Activity("essai", typeName);
        foreach (var input in type.Inputs.Where(input => input.IsWrapped))
        {
            json[JsonNamingPolicy.CamelCase.ConvertName(input.Name)] = Input(IsList(input.ValueType) ? "Object" : "Literal", Sample(input), input.ValueType.Name);
        }

        var (compiled, problems) = Compile(Definition(Sequence(json), Variable("x")));

        Assert.DoesNotContain(problems, problem => problem.Code is "CLS-1001" or "CLS-1003" or "CLS-1007" or "CLS-1008");
        if (compiled is not null)
        {
            var read = compiled.Activities["essai"];
            Assert.All(type.Inputs.Where(input => input.IsWrapped), input => Assert.NotNull(input.Property.GetValue(read)));
        }
    }

    /// <summary>
    /// Instances that wait have these names in their state. To add one: a line in callbacks.txt. One that no instance can wait for any more is
    /// removed by hand, after a look at what is stored; a renamed one stays as a method that forwards.
    /// </summary>
    [Fact]
    public void A_method_that_instances_may_wait_for_does_not_vanish()
    {
        var known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "callbacks.txt")).Where(line => line.Length > 0).ToHashSet(StringComparer.Ordinal);
        var present = Registry.All.SelectMany(Callbacks).ToHashSet(StringComparer.Ordinal);

        Assert.True(present.IsSupersetOf(known), $"Gone, though stored instances may wait for them: {string.Join(", ", known.Except(present, StringComparer.Ordinal))}.");
        Assert.True(known.IsSupersetOf(present), $"Add to tests/Workflows.Tests/callbacks.txt:\n{string.Join('\n', present.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal))}");
    }

    private static IEnumerable<string> Callbacks(ActivityType type)
    {
        for (var level = type.ClrType; level != typeof(Activity) && level != typeof(object) && level is not null; level = level.BaseType)
        {
            foreach (var method in level.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!method.Name.Contains('<', StringComparison.Ordinal) && method.ReturnType == typeof(ValueTask) && !IsOverride(method)
                    && method.GetParameters() is [var only]
                    && (only.ParameterType == typeof(ActivityCompletedContext) || only.ParameterType == typeof(ActivityExecutionContext)))
                {
                    yield return $"{type.TypeName} {method.Name}";
                }
            }
        }
    }

    private static bool IsOverride(MethodInfo method) => method.IsVirtual && method.GetBaseDefinition().DeclaringType == typeof(Activity);

    private static (CompiledWorkflow? Compiled, IReadOnlyList<DefinitionProblem> Problems) Compile(JsonObject document)
    {
        try
        {
            return (new WorkflowCompiler(Registry).Compile("essai", document, TimeProvider.System), []);
        }
        catch (DefinitionException e)
        {
            return (null, e.Problems);
        }
    }

    private static bool IsList(Type type) => type != typeof(string) && type != typeof(object) && typeof(System.Collections.IEnumerable).IsAssignableFrom(type);

    private static JsonNode? Sample(ActivityInput input)
    {
        var type = Nullable.GetUnderlyingType(input.ValueType) ?? input.ValueType;
        return IsList(type) ? (typeof(System.Collections.IDictionary).IsAssignableFrom(type) || type == typeof(JsonObject) || IsDictionary(type) ? "{}" : "[]")
            : type == typeof(TimeSpan) ? "00:05:00"
            : type == typeof(DateTimeOffset) || type == typeof(DateTime) ? "2026-03-10T08:00:00+01:00"
            : type == typeof(DateOnly) ? "2026-03-10"
            : type == typeof(Guid) ? "7f0b6a0e-0000-4000-8000-000000000001"
            : type == typeof(bool) ? "true"
            : type.IsEnum ? Enum.GetNames(type)[0]
            : type.IsPrimitive || type == typeof(decimal) ? "1"
            : input.Name == "CronExpression" ? "0 0 9 * * *"
            : type == typeof(string) || type == typeof(object) || type == typeof(Uri) ? "x"
            : "{}";
    }

    private static bool IsDictionary(Type type) =>
        type.GetInterfaces().Append(type).Any(face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(IDictionary<,>));

    private static ActivityRegistry MakeRegistry()
    {
        var services = new ServiceCollection();
        services.AddWorkflowEngine();
        services.AddWorkflows(new ConfigurationBuilder().Build());
        return services.BuildServiceProvider().GetRequiredService<ActivityRegistry>();
    }
}
