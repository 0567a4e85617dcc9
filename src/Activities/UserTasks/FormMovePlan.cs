using Cleiss.Forms.Answers;

namespace Cleiss.Activities.UserTasks;

/// <summary>What becomes of a task's draft when the task takes the version of its form in use.</summary>
public sealed record FormMovePlan(int From, int To, FormMoving Moving);
