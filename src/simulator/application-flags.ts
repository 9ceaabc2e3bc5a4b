/** What FreeSWITCH's applications are registered with (SWITCH_ADD_APP in the modules' sources, 1.11). */
import type { Application } from '../dialplan/applications.js';

/** SAF_SUPPORT_NOMEDIA: the others have FreeSWITCH pre-answer an inbound channel first. */
const WITHOUT_MEDIA = new Set(
  'AvoidingDeadlock Dial Goto acknowledge_call answer bgsystem bind_digit_action bind_meta_app block_dtmf break bridge bridge_export callcenter_track capture capture_text check_acl cidlookup clear_digit_action cng_plc curl curl_sendfile db debug_media deduplicate_dtmf deflect digit_action_set_realm distributor early_hangup easyroute enable_heartbeat enable_keepalive enum erlang erlang_sendmsg eval event execute_extension export fifo_track_call filter_codecs flush_dtmf group hangup hash hiredis_raw hold httapi info java javascript jitterbuffer lcr limit limit_execute limit_hash limit_hash_execute log lua media_reset mkdir multiset multiunset mutex nibblebill novideo osplookup ospnext park perl pickup pre_answer presence privacy push python queue_dtmf recovery_refresh redirect rename respond reuse_caller_profile ring_ready rxfax sched_broadcast sched_cancel sched_hangup sched_heartbeat sched_transfer send_display send_dtmf send_info session_loglevel set set_global set_media_stats set_name set_profile_var set_user set_zombie_exec sleep smpp_send socket sofia_stir_shaken_vs stop strftime system transfer transfer_vars translate txfax unbind_meta_app unblock_dtmf unhold unset unshift verbose_events video_refresh wait_for_answer'.split(
    ' ',
  ),
);

/** SAF_ZOMBIE_EXEC: the ones that still run on a channel that is hung up. */
const ON_DEAD_CHANNELS = new Set(
  'bgsystem bridge_export db eval event export group hash hiredis_raw info log lua multiset multiunset push rename set set_global set_media_stats set_profile_var system transfer_vars unset unshift'.split(
    ' ',
  ),
);

export function needsMedia({ name }: Application): boolean {
  return !WITHOUT_MEDIA.has(name);
}

export function runsOnDeadChannel({ name }: Application): boolean {
  return ON_DEAD_CHANNELS.has(name);
}
