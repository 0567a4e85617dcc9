using System.Reflection;
using Cleiss.Forms.Answers;
using Cleiss.Forms.Catalogue;
using Cleiss.Forms.Definitions;
using Cleiss.Forms.FieldTypes;
using Cleiss.Forms.Validation;
using Cleiss.Forms.Rendering;
using Cleiss.Persistence.Bursts;
using Cleiss.Persistence.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cleiss.Forms.Hosting;

public static class FormsServices
{
    /// <summary>Forms, answers and drafts over the database of <c>AddPersistence</c> and the FEEL evaluator of the script host. Safe to call twice.</summary>
    public static IServiceCollection AddForms(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new FieldTypeRegistry());
        services.TryAddSingleton<FormSchemaReader>();
        services.TryAddSingleton<FormConditions>();
        services.TryAddSingleton<IUploadedFiles, UploadedFiles>();
        services.TryAddSingleton<FormValidator>();
        services.TryAddSingleton<FormDirectories>();
        services.TryAddSingleton<FormStore>();
        services.TryAddSingleton<SampleFiles>();
        services.TryAddSingleton<PersonalKeys>();
        services.TryAddSingleton<FormHistory>();
        services.TryAddSingleton<FormImport>();
        services.TryAddSingleton<AnswerStore>();
        services.TryAddSingleton<AnswerReveal>();
        services.TryAddSingleton<DraftStore>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IBurstParticipant, AnswerParticipant>());
        services.AddStartupTask<FormSeed>();
        return services.AddMigrations(typeof(FormsServices).Assembly);
    }

    /// <summary>The forms embedded in <paramref name="assembly"/> as <c>Forms/&lt;key&gt;.form.json</c>.</summary>
    public static IServiceCollection AddShippedForms(this IServiceCollection services, Assembly assembly)
    {
        if (!services.Any(service => service.ImplementationInstance is EmbeddedShippedForms forms && forms.Assembly == assembly))
        {
            services.AddSingleton<IShippedForms>(new EmbeddedShippedForms(assembly));
        }

        return services;
    }
}
