using System.Reflection;

namespace Cleiss.Web.Hosting;

/// <summary>A project other than Web that brings routed pages.</summary>
public sealed record PageAssembly(Assembly Assembly);
