# What `cmake --install` and `cpack` put where: docs/library.md. Three components, each a Debian package:
#   program      bin/evenkeel with its report, manual and completion; the service's unit file, an example of its
#                configuration, a dashboard
#   networks     lib/evenkeel/libevenkeel_torch.so, which the program opens when it is asked for a network
#   development  archives, public headers and the package config for find_package(evenkeel)
# Everything finds everything else relative to itself, so that an installed tree can be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Manual and completion are the program's own words.
add_custom_command(TARGET evenkeel POST_BUILD
  COMMAND evenkeel --man > ${PROJECT_BINARY_DIR}/evenkeel.1
  COMMAND evenkeel --completion bash > ${PROJECT_BINARY_DIR}/evenkeel.bash
  VERBATIM)

install(TARGETS evenkeel RUNTIME COMPONENT program)
install(FILES ${report_files} DESTINATION share/evenkeel/report COMPONENT program)
install(FILES ${PROJECT_BINARY_DIR}/evenkeel.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(FILES ${PROJECT_BINARY_DIR}/evenkeel.bash DESTINATION share/bash-completion/completions RENAME evenkeel
        COMPONENT program)
install(FILES live/systemd/evenkeel.service DESTINATION lib/systemd/system COMPONENT program)
install(FILES live/systemd/evenkeel.ini DESTINATION share/doc/evenkeel/examples COMPONENT program)
install(FILES live/dashboard/grafana.json DESTINATION share/evenkeel COMPONENT program)
install(FILES LICENSE DESTINATION share/doc/evenkeel RENAME copyright COMPONENT program)

# Private to evenkeel, and of one kind on every machine: lib/, not lib64/ or lib/x86_64-linux-gnu/.
if(TARGET evenkeel_torch)
  install(TARGETS evenkeel_torch LIBRARY DESTINATION lib/evenkeel COMPONENT networks)
endif()

set(rooms models engine robustifiers predictors live experiments)
foreach(room IN LISTS rooms)
  set_target_properties(evenkeel_${room} PROPERTIES EXPORT_NAME ${room})
endforeach()
list(TRANSFORM rooms PREPEND evenkeel_)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/evenkeel)
install(TARGETS evenkeel_interface ${rooms} EXPORT evenkeel ARCHIVE COMPONENT development)
install(EXPORT evenkeel NAMESPACE evenkeel:: FILE evenkeelTargets.cmake DESTINATION ${package_folder}
        COMPONENT development)
set(NETWORKS_FOLDER lib/evenkeel)
configure_package_config_file(cmake/evenkeelConfig.cmake.in evenkeelConfig.cmake INSTALL_DESTINATION ${package_folder}
                              PATH_VARS NETWORKS_FOLDER)
write_basic_package_version_file(evenkeelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/evenkeelConfig.cmake ${PROJECT_BINARY_DIR}/evenkeelConfigVersion.cmake
        DESTINATION ${package_folder} COMPONENT development)
install(CODE "set(SOURCE \"${PROJECT_SOURCE_DIR}\")\nset(DESTINATION include/evenkeel)" COMPONENT development)
install(SCRIPT cmake/install_headers.cmake COMPONENT development)

# Debian packages: `cpack --config build/release/CPackConfig.cmake`.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_NAME evenkeel)
set(CPACK_PACKAGE_CONTACT "The evenkeel authors <evenkeel@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Routes AI inference across data centers, with carbon and water shared evenly")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_COMPONENTS_ALL program development)
if(TARGET evenkeel_torch)
  list(APPEND CPACK_COMPONENTS_ALL networks)
endif()
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME evenkeel)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "evenkeel-torch, python3-h5py, python3-matplotlib")
set(CPACK_DEBIAN_NETWORKS_PACKAGE_NAME evenkeel-torch)
set(CPACK_DEBIAN_NETWORKS_DESCRIPTION "Networks for evenkeel's predictors, by LibTorch")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libevenkeel-dev)
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "Headers and archives for programs that use evenkeel")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libeigen3-dev, libfmt-dev, libhdf5-dev, libboost-program-options-dev, \
libcsv-dev, zlib1g-dev, libhwy-dev, libseccomp-dev, libsimdjson-dev, libcurl4-openssl-dev")
if(MPI_C_FOUND)
  string(APPEND CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS ", libopenmpi-dev")
endif()
include(CPack)
