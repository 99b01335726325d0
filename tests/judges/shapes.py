"""Which foreign model describes the answer of each call: the schema that somebody else made from the vendor's own."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """The models of one call: of the package made from the newest specification, and of the one from 2023."""

    newest: str | None
    older: str | None = None


NOTHING = Shape(None)

# Calls without a model answer with nothing, with a file, or are in no specification.
SHAPES: dict[str, Shape] = {
    "add_target_langs": NOTHING,
    "assign_providers": Shape("ListOfJobParts", "JobPartsDto"),
    "assign_providers_for_parts": Shape("ListOfJobParts", "JobPartsDto"),
    "async_status": Shape("AsyncRequestStatusDtoV1", "AsyncRequestStatusDto"),
    "bilingual_file": NOTHING,
    "create_analyses": Shape("AsyncAnalyseListResponseDtoV1", "AsyncAnalyseListResponseDto"),
    "create_analysis": Shape("AsyncAnalyseListResponseV2DtoV2", "AsyncAnalyseListResponseV2Dto"),
    "create_job": Shape("JobListDtoV1", "JobListDto"),
    "create_language_analyses": Shape("AsyncAnalyseListResponseDtoV1", "AsyncAnalyseListResponseDto"),
    "create_plain_project": Shape("ProjectDtoV2", "AbstractProjectDtoV2"),
    "create_project": Shape("ProjectDtoV2", "AbstractProjectDtoV2"),
    "create_project_async": Shape("AsyncRequestWrapperV2DtoV2", "AsyncRequestWrapperV2Dto"),
    "create_webhook": Shape("WebHookDtoV2", "WebHookDtoV2"),
    "delete_analysis": NOTHING,
    "delete_jobs": NOTHING,
    "delete_project": NOTHING,
    "delete_template": NOTHING,
    "delete_webhook": NOTHING,
    "download_target": NOTHING,
    "edit_job": Shape("JobPartExtendedDtoV1", "JobPartExtendedDto"),
    "edit_jobs": Shape("JobPartPatchResultDtoV3", "JobPartPatchResultDto"),
    "edit_project": Shape("ProjectDtoV1", "AbstractProjectDto"),
    "exchange_token": NOTHING,
    "get_analysis": Shape("AnalyseV3DtoV3", "AnalyseV3Dto"),
    "get_async": Shape("AsyncRequestDtoV1", "AsyncRequestDto"),
    "get_email_template": Shape("OrganizationEmailTemplateDtoV1", "OrganizationEmailTemplateDto"),
    "get_job": Shape("JobPartExtendedDtoV1", "JobPartExtendedDto"),
    "get_job_step": Shape("ProjectSpecificWorkflowStepInstance", "ProjectWorkflowStepDto"),
    "get_project": Shape("ProjectDtoV1", "AbstractProjectDto"),
    "get_template": Shape("ProjectTemplate", "ProjectTemplateDto"),
    "get_webhook": Shape("WebHookDtoV2", "WebHookDtoV2"),
    "get_workflow_steps": Shape("ProjectWorkflowStepListDtoV2", "ProjectWorkflowStepListDtoV2"),
    "job_status_changes": Shape("JobPartStatusChangesDtoV1", "JobPartStatusChangesDto"),
    "jobs_status_changes": Shape("ProjectJobPartStatusChangesDtoV2"),
    "list_analyses": Shape("AnalyseReferencePageDtoV1", "PageDtoAnalyseReference"),
    "list_assignable_templates": Shape("TemplatesThatCanBeAppliedToTheProject", "AssignableTemplatesDto"),
    "list_async": Shape("PageDtoAsyncRequestDtoV1", "PageDtoAsyncRequestDto"),
    "list_email_templates": Shape(
        "OrganizationEmailTemplatePageDtoV1", "PageDtoOrganizationEmailTemplateDto"
    ),
    "list_job_analyses": Shape("PageDtoAnalyseReferenceV1", "PageDtoAnalyseReference"),
    "list_job_parts": NOTHING,
    "list_jobs": Shape("PageDtoJobPartReferenceV2", "PageDtoJobPartReferenceV2"),
    "list_languages": Shape("LanguageListDtoV1", "LanguageListDto"),
    "list_projects": Shape("AbstractProjectDtoPageDtoV1", "PageDtoAbstractProjectDto"),
    "list_steps": Shape("WorkflowStepPageDtoV1", "PageDtoWorkflowStepDto"),
    "list_templates": Shape("ProjectTemplateReferencePageDtoV1", "PageDtoProjectTemplateReference"),
    "list_user_jobs": Shape("AssignedJobPageDtoV1", "PageDtoAssignedJobDto"),
    "list_users": Shape("UserDtoPageDtoV1", "PageDtoUserDto"),
    "list_webhook_calls": Shape("PageDtoWebhookCallDtoV1", "PageDtoWebhookCallDto"),
    "list_webhooks": Shape("WebHookPageDtoV2", "PageDtoWebHookDtoV2"),
    "login": Shape("LoginResponseV3DtoV3", "LoginResponseDto"),
    "login_v3": Shape("LoginResponseV3DtoV3", "LoginResponseV3Dto"),
    "logout": NOTHING,
    "notify_assigned": NOTHING,
    "original_file": NOTHING,
    "pre_translate": Shape("AsyncRequestWrapperV2DtoV2", "AsyncRequestWrapperV2Dto"),
    "preview_asset": NOTHING,
    "remove_target_langs": NOTHING,
    "replace_job": Shape("JobPartExtendedDtoV1", "JobPartExtendedDto"),
    "replace_jobs": Shape("ListOfJobParts", "JobPartsDto"),
    "replace_project": Shape("ProjectDtoV2", "AbstractProjectDtoV2"),
    "replace_webhook": Shape("WebHookDtoV2", "WebHookDtoV2"),
    "replay_latest_webhook_calls": NOTHING,
    "replay_webhook_calls": NOTHING,
    "restore_project": NOTHING,
    "search_jobs": Shape("SearchJobsDtoV1", "SearchJobsDto"),
    "set_job_status": NOTHING,
    "set_project_status": NOTHING,
    "split_job": Shape("ListOfJobParts", "JobPartsDto"),
    "start_export": Shape("AsyncRequestWrapperV2DtoV2", "AsyncRequestWrapperV2Dto"),
    "target_file_warnings": Shape("TargetFileWarningsDtoV1", "TargetFileWarningsDto"),
    "test_webhook": NOTHING,
    "update_source": Shape("JobUpdateSourceResponseDtoV1", "JobUpdateSourceResponseDto"),
    "update_target": Shape("JobUpdateTargetResponseDtoV1", "JobUpdateSourceResponseDto"),
    "upload_bilingual_files": Shape(
        "JobPartsAffectedByTheOperationTogetherWithTheirProject", "ProjectJobPartsDto"
    ),
    "upload_preview": Shape("JobPreviewPackageDtoV1"),
    "webhook_previews": Shape("WebhookPreviewsDtoV2", "WebhookPreviewsDto"),
    "who_am_i": Shape("LoginUserDtoV1", "LoginUserDto"),
}

# Fields that the sandbox sends although the newest schemas do not have them, each with its reason.
EXTRA: dict[str, str] = {
    "type": "recorded in answers about projects",
    "projectWorkflowSettings": "in the newer project answer; the older one has it elsewhere",
    "ProjectTemplateReferenceV1": "the long form of 2023",
    "ProjectTemplateDto": "an assignable template needs its uid to be used",
    "AbstractProjectDtoV1": "what the shapes of all roles have in common; an administrator sees more",
    "AbstractAnalyseSettingsDtoV1": "what the settings of all kinds of analysis have in common",
}
