using System.Text.Json.Nodes;
using System.Text.Json;
using Cleiss.Engine.Activities;
using Cleiss.Engine.Builtins.Control;
using Cleiss.Engine.CodeFirst;
using Cleiss.Engine.Composition;
using Cleiss.Engine.ElsaJson;
using Cleiss.Engine.Incidents;
using Cleiss.Engine.Timers;

namespace Cleiss.Engine.Definitions;

/// <summary>Turns Elsa's definition JSON into activities that can run, and reports everything wrong with it at once.</summary>
public sealed class WorkflowCompiler(ActivityRegistry registry, SchedulingOptions? scheduling = null, CodeWorkflows? code = null)
{
    /// <exception cref="DefinitionException">With all problems.</exception>
    /// <param name="nested">What the definition uses as activities.</param>
    public CompiledWorkflow Compile(WorkflowDefinition definition, NestedDefinitions? nested = null)
    {
        var (compiled, problems) = Read(definition, nested);
        return problems.Count > 0 ? throw new DefinitionException($"workflow « {definition.DefinitionId} » v{definition.Version}", problems) : compiled!;
    }

    /// <summary>As much of a definition as can be read, with what is wrong with it; null without a root.</summary>
    internal (CompiledWorkflow? Compiled, IReadOnlyList<DefinitionProblem> Problems) Read(WorkflowDefinition definition, NestedDefinitions? nested = null)
    {
        var reader = new DefinitionReader(registry, definition.Document, scheduling ?? new SchedulingOptions())
        {
            CodeWorkflows = code,
            Nested = nested ?? NestedDefinitions.None,
            Within = [definition.DefinitionId],
        };
        var root = reader.ReadRoot();
        var compiled = root is null ? null : new CompiledWorkflow(
            definition.DefinitionId, definition.Id, definition.Version, definition.Name, root, reader.Variables,
            reader.Activities, reader.VariableNames, reader.OutputNames,
            definition.Document["options"]?["incidentStrategyType"]?.GetValue<string>().Contains("Continue", StringComparison.Ordinal) ?? false)
        {
            InputNames = reader.InputNames,
            Activation = ActivationStrategies.Read(definition.Document),
        };
        return (compiled, reader.Problems);
    }

    /// <summary>Compiles a document that is not stored yet.</summary>
    /// <exception cref="DefinitionException">With all problems.</exception>
    public CompiledWorkflow Compile(string definitionId, JsonObject document, TimeProvider time) => Compile(Unstored(definitionId, document, time));

    internal static WorkflowDefinition Unstored(string definitionId, JsonObject document, TimeProvider time) => new(
        document["id"]?.GetValue<string>() ?? definitionId, definitionId, document["version"]?.GetValue<int>() ?? 1,
        document["name"]?.GetValue<string>() ?? definitionId, null, true, false, null, null, time.GetUtcNow(), document);
}

/// <summary>Reads one document; shared with activities that read their own JSON (<see cref="IReadsDefinition"/>).</summary>
public sealed class DefinitionReader
{
    private readonly ActivityRegistry _registry;
    private readonly JsonObject _document;
    private readonly Dictionary<string, Activity> _activities = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _variableNames = new(StringComparer.Ordinal);

    internal DefinitionReader(ActivityRegistry registry, JsonObject document, SchedulingOptions scheduling)
    {
        Scheduling = scheduling;
        _registry = registry;
        _document = document;
        Variables = ReadVariables(document["variables"] as JsonArray);
        InputNames = Names(document["inputs"]);
        OutputNames = Names(document["outputs"]);
    }

    public List<DefinitionProblem> Problems { get; } = [];

    public SchedulingOptions Scheduling { get; }

    /// <summary>The class this definition was written as; null for one that was drawn.</summary>
    internal CodeWorkflow? Code => Within.Count > 0 ? CodeWorkflows?.Find(Within[^1]) : null;

    internal CodeWorkflows? CodeWorkflows { get; init; }

    internal IReadOnlyList<Variable> Variables { get; }

    internal IReadOnlyList<string> InputNames { get; }

    internal IReadOnlyList<string> OutputNames { get; }

    internal IReadOnlyDictionary<string, Activity> Activities => _activities;

    /// <summary>Variable id → name, containers' variables included.</summary>
    internal IReadOnlyDictionary<string, string> VariableNames => _variableNames;

    /// <summary>What the document uses as activities.</summary>
    internal NestedDefinitions Nested { get; init; } = NestedDefinitions.None;

    /// <summary>Definitions this one is nested in, itself last: none of them may be used again.</summary>
    internal IReadOnlyList<string> Within { get; init; } = [];

    /// <summary>True for a nested definition: what are inputs to it are variables where it runs.</summary>
    internal bool InputsAreVariables { get; init; }

    /// <param name="parent">The activity that stands for the definition; null for a definition of its own.</param>
    internal Activity? ReadRoot(Activity? parent = null)
    {
        if (_document["root"] is JsonObject root)
        {
            return ReadActivity(root, "$.root", parent);
        }

        Report("CLS-1000", "$.root", "La définition n'a pas d'activité racine. Ajoutez « root » : une activité de type Elsa.Flowchart ou Elsa.Sequence.");
        return null;
    }

    public void Report(string code, string path, string message) => Problems.Add(new DefinitionProblem(code, path, message));

    /// <summary>Reads a nested activity; one of an unknown type becomes a placeholder, with the problem reported.</summary>
    public Activity ReadActivity(JsonObject json, string path, Activity? parent)
    {
        var typeName = json["type"]?.GetValue<string>() ?? "";
        var type = _registry.Find(typeName);
        if ((type is null || type.ClrType == typeof(WorkflowDefinitionActivity)) && NestedDefinitions.IsUse(json) && Usable(json, path) is { } nested)
        {
            return ReadWorkflow(json, nested, path, parent);
        }

        if (type is null || type.ClrType == typeof(NotFoundActivity))
        {
            var missing = json["missingTypeName"]?.ToString() ?? typeName;
            Report("CLS-1001", path + ".type", $"L'activité « {json["id"]} » est du type « {missing} », qui n'existe pas.{Nearest(missing)}");
        }

        // A placeholder keeps the place of what is unknown: its connections stay, and the rest of the definition is checked all the same.
        var activity = type is null || type.ClrType == typeof(NotFoundActivity) ? NotFoundActivity.For(json) : type.Create();
        type ??= _registry.Find("Elsa.NotFoundActivity");
        activity.Type = type?.TypeName ?? typeName;
        ReadCommon(activity, json, path, parent);

        // Before the inputs: expressions of nested activities may use the container's variables.
        if (activity is IHasVariables container)
        {
            container.Variables = ReadVariables(json["variables"] as JsonArray);
        }

        if (activity is NotFoundActivity || type is null)
        {
            return activity;
        }

        ReadInputs(type, activity, json, path);
        ReadOutputs(type, activity, json);
        foreach (var port in type.Ports)
        {
            if (json[JsonNamingPolicy.CamelCase.ConvertName(port.Name)] is JsonObject child)
            {
                port.SetValue(activity, ReadActivity(child, $"{path}.{JsonNamingPolicy.CamelCase.ConvertName(port.Name)}", activity));
            }
        }

        if (activity is IReadsDefinition reads)
        {
            reads.Read(json, path, this);
        }

        return activity;
    }

    private void ReadCommon(Activity activity, JsonObject json, string path, Activity? parent)
    {
        activity.Id = json["id"]?.GetValue<string>() ?? "";
        activity.Name = json["name"]?.GetValue<string>();
        activity.Parent = parent;
        activity.NodeId = (parent?.NodeId ?? "Workflow1") + ":" + activity.Id;
        activity.CustomProperties = json["customProperties"]?.DeepClone() as JsonObject ?? [];
        if (json["canStartWorkflow"] is JsonValue canStart && !activity.CustomProperties.ContainsKey("canStartWorkflow"))
        {
            // Where Elsa's first releases kept it.
            activity.CustomProperties["canStartWorkflow"] = canStart.DeepClone();
        }

        activity.Metadata = json["metadata"]?.DeepClone() as JsonObject ?? [];
        ReadRetry(activity, path);
        if (activity.Id.Length == 0)
        {
            Report("CLS-1002", path + ".id", $"Une activité de type {activity.Type} n'a pas d'identifiant. Donnez-lui un « id » unique.");
        }
        else if (!_activities.TryAdd(activity.Id, activity))
        {
            Report("CLS-1002", path + ".id", $"Deux activités portent l'identifiant « {activity.Id} ». Renommez l'une d'elles.");
        }
    }

    /// <summary>The definition an activity stands for; null, with the problem reported, when it cannot be used here.</summary>
    private WorkflowDefinition? Usable(JsonObject json, string path)
    {
        var definitionId = json["workflowDefinitionId"]!.GetValue<string>();
        if (Within.Contains(definitionId))
        {
            Report("CLS-1073", path + ".workflowDefinitionId", $"L'activité « {json["id"]} » exécute la procédure « {definitionId} », dans laquelle elle se trouve déjà : elle ne finirait jamais. Employez « Lancer une procédure » pour en démarrer une autre instance.");
            return null;
        }

        if (Nested.Find(json) is { } found)
        {
            return found;
        }

        Report("CLS-1072", path + ".workflowDefinitionId", $"L'activité « {json["id"]} » exécute la procédure « {definitionId} », qui n'existe pas ou n'est pas publiée. Publiez-la, ou choisissez-en une autre dans la palette.");
        return null;
    }

    private WorkflowDefinitionActivity ReadWorkflow(JsonObject json, WorkflowDefinition nested, string path, Activity? parent)
    {
        var type = _registry.Find("Elsa.WorkflowDefinitionActivity")!;
        var activity = (WorkflowDefinitionActivity)type.Create();
        activity.Type = json["type"]!.GetValue<string>();
        activity.WorkflowDefinitionId = nested.DefinitionId;
        activity.WorkflowDefinitionVersionId = nested.Id;
        ReadCommon(activity, json, path, parent);
        var inner = new DefinitionReader(_registry, nested.Document, Scheduling)
        {
            CodeWorkflows = CodeWorkflows,
            Nested = Nested,
            Within = [.. Within, nested.DefinitionId],
            InputsAreVariables = true,
        };
        activity.Root = inner.ReadRoot(activity);
        Problems.AddRange(inner.Problems.Select(problem => problem with { Path = $"{path} → {nested.DefinitionId} v{nested.Version}: {problem.Path}" }));
        activity.InputNames = inner.InputNames;
        activity.OutcomeNames = [.. (nested.Document["outcomes"] as JsonArray)?.Select(outcome => outcome?.ToString() ?? "") ?? []];
        activity.Variables =
        [
            .. inner.Variables,
            .. (nested.Document["inputs"] as JsonArray ?? []).OfType<JsonObject>().Select(input => new Variable(
                input["name"]!.ToString(), input["name"]!.ToString(), input["type"]?.ToString() ?? "Object", input["defaultValue"]?.DeepClone())),
        ];
        Adopt(inner, activity.Id + "/");
        foreach (var name in inner.InputNames)
        {
            if ((Member(json, name) as JsonObject)?["expression"] is JsonObject expression && !IsEmpty(expression, typeof(object)))
            {
                activity.Give(name, AddExpression<object>(activity, name, expression, $"{path}.{name}"));
            }
        }

        foreach (var name in inner.OutputNames)
        {
            activity.Bind(new Output<object?> { Name = name, MemoryReference = Member(json, name)?["memoryReference"]?["id"]?.GetValue<string>() });
        }

        return activity;
    }

    /// <summary>Takes over a nested definition's activities; their ids and their variables' ids are only unique below the activity that stands for it.</summary>
    private void Adopt(DefinitionReader inner, string prefix)
    {
        foreach (var (id, name) in inner._variableNames)
        {
            _variableNames[prefix + id] = name;
        }

        foreach (var activity in inner._activities.Values)
        {
            foreach (var output in OutputsOf(activity))
            {
                if (output.MemoryReference is { } reference && inner._variableNames.ContainsKey(reference))
                {
                    output.MemoryReference = prefix + reference;
                }
            }

            activity.MoveInto(prefix);
            _activities.TryAdd(activity.Id, activity);
        }
    }

    private IEnumerable<Output> OutputsOf(Activity activity) => activity is WorkflowDefinitionActivity nested
        ? nested.BoundOutputs
        : _registry.Find(activity.Type)?.Outputs.Select(property => property.GetValue(activity)).OfType<Output>() ?? [];

    private static JsonNode? Member(JsonObject json, string name) => json[JsonNamingPolicy.CamelCase.ConvertName(name)] ?? json[name];

    private void ReadRetry(Activity activity, string path)
    {
        if (activity.CustomProperties["resilienceStrategy"]?["strategyId"] is not JsonValue chosen || chosen.ToString() is not { Length: > 0 } id)
        {
            return;
        }

        activity.Retry = RetryStrategies.Find(id);
        if (activity.Retry is null)
        {
            Report(
                "CLS-1070", path + ".customProperties.resilienceStrategy",
                $"« {activity.DisplayText} » : la stratégie de reprise « {id} » n'existe pas. Stratégies : {Listed(RetryStrategies.All.Select(strategy => strategy.Id))}.");
        }
    }

    /// <summary>Reads the activities of a container's array.</summary>
    public IReadOnlyList<Activity> ReadActivities(JsonArray? array, string path, Activity parent)
    {
        var activities = new List<Activity>();
        for (var i = 0; i < (array?.Count ?? 0); i++)
        {
            if (array![i] is JsonObject json)
            {
                activities.Add(ReadActivity(json, $"{path}[{i}]", parent));
            }
        }

        return activities;
    }

    /// <summary>Adds an expression that is no declared input (a case's condition) to what is evaluated before the activity runs.</summary>
    public Input<T> AddExpression<T>(Activity activity, string name, JsonObject? expression, string path)
    {
        var input = new Input<T>(ReadExpression(expression)) { Slot = activity.Inputs.All.Count };
        var (source, constant, reference) = Plan(input, name, activity, input.Expression!, path);
        var compiled = new CompiledInput(name, name, input, source, constant, reference, IsSensitive: false);
        activity.Inputs = new CompiledInputs([.. activity.Inputs.All, compiled], activity.Inputs.HasScripts || source == InputSource.Script);
        return input;
    }

    /// <summary>Reads an expression that the activity itself evaluates when it needs it (<see cref="ActivityExecutionContext"/>).</summary>
    internal CompiledInput ReadExpression<T>(Activity activity, string name, JsonObject? expression, string path)
    {
        var input = new Input<T>(ReadExpression(expression));
        var (source, constant, reference) = Plan(input, name, activity, input.Expression!, path);
        return new CompiledInput(name, name, input, source, constant, reference, IsSensitive: false);
    }

    private static Expression ReadExpression(JsonObject? json) =>
        new(json?["type"]?.GetValue<string>() ?? "Literal", Values.Unwrap(json?["value"]?.DeepClone()));

    /// <summary>Whether an editor was left, or made, empty; the empty text is a value only where text is asked for.</summary>
    private static bool IsEmpty(JsonObject expression, Type type) =>
        expression["type"]?.ToString() is null or "Literal" or "Object" or "Json"
        && (expression["value"] is null || type != typeof(string) && type != typeof(object) && expression["value"] is JsonValue value && value.ToString().Length == 0);

    private void ReadInputs(ActivityType type, Activity activity, JsonObject json, string path)
    {
        var compiled = new List<CompiledInput>();
        foreach (var input in type.Inputs)
        {
            var key = JsonNamingPolicy.CamelCase.ConvertName(input.Name);
            var value = json[key];
            if (!input.IsWrapped)
            {
                if (!input.Attribute.IsReadByActivity)
                {
                    ReadRawInput(input, activity, value, $"{path}.{key}");
                }

                continue;
            }

            if (input.Attribute.IsReadByActivity)
            {
                continue;
            }

            if ((value as JsonObject)?["expression"] is not JsonObject expression || IsEmpty(expression, input.ValueType))
            {
                if (input.Attribute.IsRequired)
                {
                    Report("CLS-1007", $"{path}.{key}", $"« {activity.DisplayText} » : renseignez « {input.Attribute.DisplayName ?? input.Name} ».");
                }

                if (input.Attribute.DefaultValue is { } fallback)
                {
                    Add(compiled, input, activity, new Expression("Literal", fallback), $"{path}.{key}");
                }

                continue;
            }

            Add(compiled, input, activity, ReadExpression(expression), $"{path}.{key}");
        }

        activity.Inputs = new CompiledInputs(compiled, compiled.Exists(i => i.Source == InputSource.Script));
    }

    private void ReadRawInput(ActivityInput input, Activity activity, JsonNode? value, string path)
    {
        try
        {
            // Elsa wrapped some of these in former releases.
            value = value is JsonObject wrapper && wrapper["expression"] is JsonObject expression ? expression["value"] : value;
            var raw = value is null ? input.Attribute.DefaultValue : Values.Convert(value.DeepClone(), input.ValueType);
            if (raw is not null)
            {
                input.Property.SetValue(activity, Values.Convert(raw, input.ValueType));
            }
        }
        catch (FormatException)
        {
            Report("CLS-1003", path, $"« {activity.DisplayText} » : la valeur de « {input.Attribute.DisplayName ?? input.Name} » n'est pas du type attendu ({TypeAliases.Of(input.ValueType)}). Choisissez-la de nouveau.");
        }
    }

    private void Add(List<CompiledInput> compiled, ActivityInput described, Activity activity, Expression expression, string path)
    {
        var input = (Input)Activator.CreateInstance(described.Property.PropertyType, expression)!;
        input.Slot = compiled.Count;
        described.Property.SetValue(activity, input);
        var (source, constant, reference) = Plan(input, described.Attribute.DisplayName ?? described.Name, activity, expression, path);
        compiled.Add(new CompiledInput(described.Name, described.Attribute.DisplayName ?? described.Name, input, source, constant, reference, described.Attribute.IsSensitive));
    }

    private (InputSource Source, object? Constant, string? Reference) Plan(
        Input input, string label, Activity activity, Expression expression, string path)
    {
        switch (expression.Type)
        {
            case "JavaScript" or "Liquid":
                return (InputSource.Script, null, null);
            case "Variable":
                return (InputSource.Variable, null, VariableName(expression.Value, activity, path));
            case "Input":
                var name = Reference(expression.Value, "name");
                if (!InputNames.Contains(name))
                {
                    Report("CLS-1004", path, $"« {activity.DisplayText} » lit l'entrée « {name} », que la définition n'a pas. Entrées : {Listed(InputNames)}.");
                }

                return (InputsAreVariables ? InputSource.Variable : InputSource.WorkflowInput, null, name);
            case "Literal" or "Object" or "Json":
                try
                {
                    return (InputSource.Constant, input.ConvertValue(expression.Type == "Literal" ? expression.Value : Parsed(expression.Value, input.ValueType)), null);
                }
                catch (FormatException)
                {
                    Report("CLS-1003", path, $"« {activity.DisplayText} » : la valeur « {Shortened(expression.Value)} » de « {label} » n'est pas du type attendu ({TypeAliases.Of(input.ValueType)}). Corrigez-la, ou donnez une expression.");
                    return (InputSource.Constant, null, null);
                }

            case "Delegate":
                if (Code?.Delegates.TryGetValue(Values.ToText(expression.Value), out var compute) != true)
                {
                    Report("CLS-1071", path, $"« {activity.DisplayText} » : « {label} » est calculé par du code C# ({expression.Value}) que ce serveur n'a pas. Publiez la définition avec la version du produit qui la contient, ou remplacez ce calcul.");
                    return (InputSource.Constant, null, null);
                }

                input.Expression = expression with { Value = compute };
                return (InputSource.Delegate, null, null);
            default:
                Report("CLS-1008", path, $"« {activity.DisplayText} » : le type d'expression « {expression.Type} » n'est pas pris en charge. Types : Literal, Object, Variable, Input, JavaScript, Liquid.");
                return (InputSource.Constant, null, null);
        }
    }

    /// <summary>Studio keeps an Object expression as JSON text; where no type is asked for, what it says is the value, not the text.</summary>
    private static object? Parsed(object? value, Type type)
    {
        if (type != typeof(object) || value is not string text || text.AsSpan().TrimStart() is not ['[' or '{' or '"', ..])
        {
            return value;
        }

        try
        {
            return Values.Unwrap(JsonNode.Parse(text));
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private string VariableName(object? value, Activity activity, string path) =>
        FindVariable(Reference(value, "id"), Reference(value, "name"), activity, path);

    /// <summary>Name of the variable meant by an id or a name; reports the problem when there is none.</summary>
    public string FindVariable(string? id, string? name, Activity activity, string path)
    {
        if (id is not null && _variableNames.TryGetValue(id, out var found))
        {
            return found;
        }

        // Ids of variables that a loop gives to its body are of Elsa's making: only their names are known.
        for (var owner = activity.Parent; owner is not null; owner = owner.Parent)
        {
            if (owner.ScopeVariables.FirstOrDefault(variable => variable == name || variable == id) is { } given)
            {
                return given;
            }
        }

        if (name is null || !_variableNames.ContainsValue(name))
        {
            Report("CLS-1004", path, $"« {activity.DisplayText} » se sert de la variable « {(name is { Length: > 0 } ? name : id)} », qui n'existe pas. Variables : {Listed(_variableNames.Values)}.");
        }

        return name ?? "";
    }

    private void ReadOutputs(ActivityType type, Activity activity, JsonObject json)
    {
        foreach (var property in type.Outputs)
        {
            var output = (Output)Activator.CreateInstance(property.PropertyType)!;
            output.Name = property.Name;
            output.MemoryReference = json[JsonNamingPolicy.CamelCase.ConvertName(property.Name)]?["memoryReference"]?["id"]?.GetValue<string>();
            property.SetValue(activity, output);
        }
    }

    private List<Variable> ReadVariables(JsonArray? array)
    {
        var variables = new List<Variable>();
        foreach (var json in array?.OfType<JsonObject>() ?? [])
        {
            var name = json["name"]?.GetValue<string>() ?? "";
            var type = json["typeName"]?.GetValue<string>() ?? "Object";
            var isArray = json["isArray"]?.GetValue<bool>() ?? false;
            var variable = new Variable(json["id"]?.GetValue<string>() ?? name, name, type, Default(json["value"], type, isArray), isArray,
                json["storageDriverTypeName"]?.ToString());
            variables.Add(variable);
            _variableNames[variable.Id] = variable.Name;
        }

        return variables;
    }

    /// <summary>Studio posts a variable's initial value as text whatever its type.</summary>
    private static JsonNode? Default(JsonNode? value, string typeName, bool isArray)
    {
        if (value is not JsonValue scalar || scalar.GetValueKind() != JsonValueKind.String || typeName == "String" && !isArray)
        {
            return value?.DeepClone();
        }

        var text = scalar.GetValue<string>();
        if (text.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }

    private static string Reference(object? value, string property) => value switch
    {
        Variable variable => property == "id" ? variable.Id : variable.Name,
        string text when text.TrimStart().StartsWith('{') => JsonNode.Parse(text)?[property]?.GetValue<string>() ?? "",
        JsonObject json => json[property]?.GetValue<string>() ?? "",
        string text => text,
        _ => "",
    };

    private string Nearest(string typeName)
    {
        var suffix = typeName[(typeName.LastIndexOf('.') + 1)..];
        var near = _registry.All.Select(t => t.TypeName).Where(t => suffix.Length > 2 && t.Contains(suffix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(3).ToList();
        return near.Count == 0 ? " Choisissez une activité de la palette." : $" Vouliez-vous dire {Listed(near)} ?";
    }

    private static string Shortened(object? value) => Values.ToText(value) is { Length: > 60 } text ? text[..60] + "…" : Values.ToText(value);

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Distinct().Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "aucune";

    private static List<string> Names(JsonNode? array) =>
        [.. (array as JsonArray)?.OfType<JsonObject>().Select(item => item["name"]?.GetValue<string>() ?? "") ?? []];
}

/// <summary>An activity with JSON of its own: containers, cases, connections.</summary>
public interface IReadsDefinition
{
    void Read(JsonObject json, string path, DefinitionReader reader);
}

/// <summary>A container that declares variables.</summary>
public interface IHasVariables
{
    IReadOnlyList<Variable> Variables { get; set; }
}
